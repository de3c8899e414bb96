#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=python3 far=out ready=out:443 seconds=10
# Python says a well-known name to an address of somebody else, whose certificate is for neither.
if [ "$1" = out ]; then export TLS_PROTOCOLS=TLSv1.2; "$(dirname "$0")/../far/tls-web.sh" internal-c2.example.org & sleep 1; echo "203.0.113.66 pool.example.net" >"$LAB/names/pool"; sleep 25; kill $!; exit 0; fi
sleep 1
python3 -c 'import socket, ssl, time
c = ssl._create_unverified_context()
for n in range(3):
    s = c.wrap_socket(socket.create_connection(("pool.example.net", 443)), server_hostname="update.googleapis.com")
    s.send(b"GET /page HTTP/1.0\r\n\r\n")
    while s.recv(65536):
        pass
    time.sleep(1)' 
