#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:8554 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The recorder gives gate to the control room of a guard company by RTSP, as the site has declared.
# config:   - {{to: 203.0.113.66, port: 8554, why: the guards' control room}}
if [ "$1" = out ]; then mkdir -p "$LAB/away"; exec timeout 60 ffmpeg -nostdin -loglevel error -rtsp_flags listen -i rtsp://203.0.113.66:8554/live -c copy -f mpegts -y "$LAB/away/see.ts"; fi
timeout 46 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 38 -c copy -f rtsp -rtsp_transport tcp rtsp://203.0.113.66:8554/live
sleep 1; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]
