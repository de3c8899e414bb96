#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,python3 camera=10.20.0.11 far=out ready=out:443 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg makes a picture of gate each three seconds and Python puts it outside, all in one connection of TLS.
if [ "$1" = out ]; then exec timeout 60 "$(dirname "$0")/../far/tls-web.sh" store.example.net; fi
timeout 38 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -vf fps=1/3,scale=1280:-2 -q:v 1 -f image2pipe -c:v mjpeg - | timeout 38 python3 -c 'import http.client, ssl, sys
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
web, held, n = http.client.HTTPSConnection("store.example.net", context=c), b"", 0
while data := sys.stdin.buffer.read1(65536):
    held += data
    while (end := held.find(b"\xff\xd9")) >= 0:
        web.request("PUT", f"/drop/{n}", held[:end + 2]); web.getresponse().read(); n += 1; held = held[end + 2:]'
true
