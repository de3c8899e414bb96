#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nsupdate far=nas ready=nas:53 seconds=22 parts=dns
# The server gives names to 60 devices of the house: nsupdate tells the office's server for each an address, and a TXT that says whose it is.
if [ "$1" = nas ]; then exec timeout 34 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("10.30.0.40", 53))
while True:
    m, who = s.recvfrom(4096); open(sys.argv[1], "ab").write(m); s.sendto(m[:2] + bytes([m[2] | 0x80]) + m[3:], who)' "$LAB/got"; fi
sleep 1; (echo 'server 10.30.0.40'; echo 'zone office.lan'; for n in $(seq 60); do echo "update add dev$n.office.lan 600 A 10.30.1.$n"; echo "update add dev$n.office.lan 600 TXT \"$(head -c 16 /dev/urandom | md5sum | cut -c1-32)\""; echo send; done) >"$LAB/updates"
timeout 16 nsupdate "$LAB/updates"; sleep 2; [ "$(stat -c %s "$LAB/got")" -gt 5000 ]
