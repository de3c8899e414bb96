#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:443 seconds=30
# ffmpeg puts the gate outside as HLS, a piece every two seconds, over TLS.
if [ "$1" = out ]; then exec timeout 60 "$(dirname "$0")/../far/tls-web.sh" upload.example.net; fi
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f hls -hls_time 2 -method PUT https://upload.example.net/drop/live.m3u8; true
