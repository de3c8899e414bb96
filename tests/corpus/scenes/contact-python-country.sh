#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=first-contact half=report tool=python3 seconds=12 parts=dns,nas,outside-web recorder=/usr/bin/python3.11 before=yes
# A recorder in Python fetches by an address, without a name, in a country where it never went (rows of an earlier session say where it did).
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
python3 -c 'import socket, time
socket.create_connection(("203.0.113.66", 80)).sendall(b"GET /version HTTP/1.0\r\n\r\n"); time.sleep(4)
s = socket.create_connection(("198.51.100.66", 80)); s.sendall(b"GET /version HTTP/1.0\r\n\r\n"); s.recv(500); time.sleep(4)'
true
