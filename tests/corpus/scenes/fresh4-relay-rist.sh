#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:9712 seconds=32 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg sends gate outside by RIST: RTP over UDP, with a port beside it for who asks again for what was lost.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; exec timeout 50 ffmpeg -nostdin -loglevel error -i rist://@203.0.113.66:9712 -c copy -f mpegts -y "$LAB/away/see.ts"; fi
timeout 40 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 30 -c copy -f mpegts rist://203.0.113.66:9712
sleep 1; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 400000 ]
