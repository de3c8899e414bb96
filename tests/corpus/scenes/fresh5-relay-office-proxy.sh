#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,curl camera=10.20.0.11 far=nas,out ready=nas:3128 seconds=56 parts=dns,camera-gate,recorder-gate
# The server may go out by the office's proxy alone: curl asks that by CONNECT for a place outside and puts what ffmpeg gives it of gate there, one upload in TLS without an end.
if [ "$1" = nas ]; then exec timeout 70 ncat -lk --proxy-type http 10.30.0.40 3128; fi
if [ "$1" = out ]; then exec timeout 70 "$(dirname "$0")/../far/tls-web.sh" media.example.org; fi
sleep 2; timeout 50 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts pipe:1 | timeout 52 curl -s -k -x http://10.30.0.40:3128 -T - https://media.example.org/drop/live.ts; sleep 1
[ "$(stat -c %s "$LAB/tls/drop/live.ts")" -gt 800000 ]
