#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=websockify far=desk seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The office looks at gate by a proxy of WebSocket that a recorder's page has: all of it stays inside.
if [ "$1" = desk ]; then sleep 7; timeout 30 python3 -c 'import base64, os, socket
s = socket.create_connection(("10.30.0.2", 6080))
s.sendall(b"GET / HTTP/1.1\r\nHost: nvr\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: binary\r\nSec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) + b"\r\n\r\n")
while s.recv(65536): pass'; exit 0; fi
timeout 38 websockify 10.30.0.2:6080 127.0.0.1:9003 >/dev/null 2>&1 &
timeout 38 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f mpegts "tcp://127.0.0.1:9003?listen=1"
wait; true
