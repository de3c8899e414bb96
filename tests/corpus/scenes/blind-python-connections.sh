#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=blind-spot half=report tool=python3 far=nas ready=nas:7000 seconds=16 parts=dns,nas,outside-web
# The observer has little buffer and gets no processor for six seconds, in which two processes of Python ask a web service of the office.
# config: limits: {{ring_bytes: 131072}}
if [ "$1" = nas ]; then exec timeout 30 ncat -lk -m 2000 10.30.0.40 7000 >/dev/null; fi
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(sleep 1; kill -STOP "$watch"; sleep 6; kill -CONT "$watch") &
sleep 2; for _ in 1 2; do timeout 5 python3 -c 'import socket
for n in range(250):
    s = socket.create_connection(("10.30.0.40", 7000), 3); s.sendall(b"GET / HTTP/1.1\r\nHost: nas\r\n" + b"x" * 900); s.close()' & done
wait; sleep 4; true
