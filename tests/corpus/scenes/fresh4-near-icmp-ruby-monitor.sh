#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ruby far=nas seconds=30 parts=dns
# A monitor of the site's own, in Ruby, pings three places over a raw socket once a second, 56 bytes each, and writes down how long it took.
if [ "$1" = nas ]; then exit 0; fi
sleep 1; timeout 26 ruby -rsocket -e 's = Socket.new(:INET, :RAW, 1); got = 0
22.times { |n| ["10.30.0.40", "198.51.100.66", "203.0.113.66"].each { |to|
	d = [8, 0, 0, 4242, n].pack("CCnnn") + "\0" * 56; sum = d.unpack("n*").sum; sum = (sum & 65535) + (sum >> 16) while sum > 65535; d[2, 2] = [~sum & 65535].pack("n")
	s.send(d, 0, Socket.sockaddr_in(0, to)); IO.select([s], nil, nil, 0.3) and s.recv(2000) and got += 1 }; sleep 0.9 }
exit(got > 60 ? 0 : 1)'
