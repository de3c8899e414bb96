#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,direct-pull,new-listener half=report tool=haproxy camera=10.20.0.11 far=out seconds=46 parts=dns,camera-gate,recorder-gate,nas,outside-web
# haproxy passes a port of the server's on to the stream of gate; somebody outside plays it.
if [ "$1" = out ]; then sleep 4; mkdir -p "$LAB/away"; exec timeout 42 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.30.0.2:8554/Streaming/Channels/101 -t 36 -c copy -f mpegts -y "$LAB/away/see.ts"; fi
printf '%s\n' defaults ' mode tcp' ' timeout connect 5s' ' timeout client 60s' ' timeout server 60s' 'listen see' ' bind 10.30.0.2:8554' ' server gate 10.20.0.11:554' >"$LAB/ha.cfg"
timeout 45 haproxy -db -f "$LAB/ha.cfg" >/dev/null 2>&1; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]
