#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=gate,out ready=gate:554 seconds=70 parts=dns
# gate is on a thin line and sends five pictures a second, some 60 kbit/s in all; one ffmpeg records it and gives it as RTP to an address outside.
if [ "$1" = gate ]; then exec timeout 90 "$(dirname "$0")/../far/picture.py" 10.20.0.11 /sub "Rtsp Server" 'videotestsrc is-live=true pattern=snow ! video/x-raw,width=160,height=120,framerate=5/1 ! x264enc tune=zerolatency speed-preset=veryfast bitrate=48 vbv-buf-capacity=1000 key-int-max=50 ! rtph264pay name=pay0 pt=96 config-interval=-1'; fi
if [ "$1" = out ]; then exec timeout 90 socat -u UDP-RECV:5004,bind=203.0.113.66 "CREATE:$LAB/got"; fi
mkdir -p "$LAB/recordings/gate"; timeout 66 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/sub -t 60 -c copy -f segment -segment_time 10 "$LAB/recordings/gate/%03d.mp4" -c copy -f rtp rtp://203.0.113.66:5004 >/dev/null
[ "$(stat -c %s "$LAB/got")" -gt 250000 ]
