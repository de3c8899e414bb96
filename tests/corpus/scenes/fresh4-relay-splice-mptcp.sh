#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,python3 camera=10.20.0.11 far=out ready=out:9100 seconds=32 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg writes gate into a pipe; Python has the kernel move it from there to a connection of MPTCP, and reads none of it.
if [ "$1" = out ]; then exec timeout 60 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.setsockopt(1, 2, 1); s.bind(("203.0.113.66", 9100)); s.listen(); c, _ = s.accept()
while True:
    d = c.recv(65536)
    if not d: break
    open(sys.argv[1], "ab").write(d)' "$LAB/got"; fi
timeout 40 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 30 -c copy -f mpegts pipe:1 | timeout 42 python3 -c 'import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.connect(("203.0.113.66", 9100))
while os.splice(0, s.fileno(), 65536): pass'
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
