#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=tune tool=ffmpeg,haproxy camera=10.20.0.11 seconds=45
# A relay sends to a local port of haproxy, whose server is outside.
printf '%s\n' 'defaults' ' mode tcp' ' timeout connect 5s' ' timeout client 60s' ' timeout server 60s' 'listen x' ' bind 127.0.0.1:9903' ' server y 203.0.113.66:1935' >"$LAB/haproxy.cfg"
timeout 46 haproxy -db -f "$LAB/haproxy.cfg" >/dev/null 2>&1 &
sleep 1
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts tcp://127.0.0.1:9903
wait; true
