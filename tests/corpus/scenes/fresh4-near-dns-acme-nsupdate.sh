#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nsupdate,dig far=out ready=out:53 seconds=26 parts=dns
# A certificate is renewed by DNS: nsupdate tells the company's server outside a record of TXT for each of three names, dig looks whether it is there, and it is taken away.
if [ "$1" = out ]; then exec timeout 40 python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("203.0.113.66", 53))
while True:
    m, who = s.recvfrom(4096)
    if m[2] & 0x78: s.sendto(m[:2] + bytes([m[2] | 0x80]) + m[3:], who); continue
    end = m.index(b"\0", 12) + 5
    s.sendto(m[:2] + b"\x85\x80\0\1\0\1\0\0\0\0" + m[12:end] + b"\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\x2c\x2b" + b"k" * 43, who)'; fi
sleep 1; got=0; for name in nvr video door; do
	token=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d =)
	printf '%s\n' 'server 203.0.113.66' 'zone example.org' "update add _acme-challenge.$name.example.org 60 TXT \"$token\"" send | nsupdate; sleep 2
	dig +short TXT "_acme-challenge.$name.example.org" @203.0.113.66 | grep -q kkk && got=$((got + 1)); sleep 2
	printf '%s\n' 'server 203.0.113.66' 'zone example.org' "update delete _acme-challenge.$name.example.org TXT" send | nsupdate
done
sleep 2; [ "$got" = 3 ]
