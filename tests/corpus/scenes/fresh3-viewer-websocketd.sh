#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=report tool=websocketd,ffmpeg camera=10.20.0.11 far=out seconds=46 parts=dns,camera-gate,recorder-gate,nas,outside-web
# websocketd starts an ffmpeg that reads gate for whoever opens a WebSocket; somebody outside does.
if [ "$1" = out ]; then sleep 4; mkdir -p "$LAB/away"; exec timeout 40 python3 -c 'import base64, os, socket, sys
s, kept = socket.create_connection(("10.30.0.2", 8099)), open(sys.argv[1], "wb")
s.sendall(b"GET / HTTP/1.1\r\nHost: nvr\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) + b"\r\n\r\n")
while data := s.recv(65536): kept.write(data)' "$LAB/away/see.ws"; fi
timeout "$LAB_SECONDS" websocketd --loglevel=fatal --binary=true --address=10.30.0.2 --port=8099 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f mpegts - >/dev/null
[ "$(stat -c %s "$LAB/away/see.ws")" -gt 500000 ]
