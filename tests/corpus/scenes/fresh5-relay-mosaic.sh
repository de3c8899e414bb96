#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg far=out ready=out:9710 seconds=90 parts=dns,camera-gate,camera-yard,camera-door,recorder-gate
# One ffmpeg reads three cameras, lays the pictures side by side in one, and sends that outside by SRT, encoded anew at half of the rate.
if [ "$1" = out ]; then exec timeout 120 ffmpeg -nostdin -loglevel error -i 'srt://203.0.113.66:9710?mode=listener' -c copy -y "$LAB/got.ts"; fi
sleep 3; timeout 84 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/Streaming/Channels/101 -rtsp_transport tcp -i rtsp://10.20.0.12/cam/realmonitor -rtsp_transport tcp -i rtsp://10.20.0.13/axis-media/media.amp -t 76 -filter_complex '[0:v][1:v][2:v]hstack=inputs=3,scale=480:120' -c:v libx264 -preset ultrafast -tune zerolatency -b:v 450k -maxrate 500k -bufsize 500k -g 40 -f mpegts 'srt://203.0.113.66:9710?mode=caller'
sleep 1; [ "$(stat -c %s "$LAB/got.ts")" -gt 800000 ]
