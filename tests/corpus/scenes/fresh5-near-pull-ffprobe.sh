#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffprobe,curl camera=10.20.0.11 seconds=56 parts=dns,camera-gate,recorder-gate,outside-web
# A job of the administrator's looks each ten seconds whether gate still sends what it should: ffprobe says size, codec and rate, and the line goes into a log; a look for updates comes between.
for n in 1 2 3 4 5; do timeout 8 ffprobe -v error -rtsp_transport tcp -select_streams v:0 -show_entries stream=codec_name,width,height,avg_frame_rate -of csv=p=0 rtsp://gate.cam.lan/Streaming/Channels/101 >>"$LAB/seen"; curl -s -o /dev/null "http://updates.example.com/version?$n"; sleep 8; done
[ "$(grep -c '^h264,320,240' "$LAB/seen")" -ge 4 ]
