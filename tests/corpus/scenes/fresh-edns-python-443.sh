#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=python3 far=out ready=out:8443 seconds=20 parts=dns,nas,outside-web
# A script speaks DNS over TLS on port 8443, saying ALPN dot, and goes to what it was told.
if [ "$1" = out ]; then "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 cdn.example.net & sleep 2; exec timeout 40 socat TCP-LISTEN:8443,bind=203.0.113.66,reuseaddr,fork TCP:203.0.113.66:853; fi
sleep 1; timeout 16 python3 -c 'import os, socket, ssl, struct, time
def question(name):
    return os.urandom(2) + b"\x01\0\0\x01\0\0\0\0\0\0" + b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0\0\1\0\1"
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE; c.set_alpn_protocols(["dot"])
for name in ("relay.example.net", "updates.example.com"):
    with c.wrap_socket(socket.create_connection(("203.0.113.66", 8443)), server_hostname="cdn.example.net") as s:
        q = question(name); s.sendall(struct.pack(">H", len(q)) + q); s.settimeout(3); a = s.recv(600)
    socket.create_connection((socket.inet_ntoa(a[-4:]), 80)).sendall(b"GET /version HTTP/1.0\r\n\r\n"); time.sleep(2)'
true
