#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=gcc camera=10.20.0.11 far=gate,out ready=gate:554 seconds=50 parts=dns before=yes
# gate sends H.265 with a whole picture each ten seconds; ffmpeg records it, and a small program of somebody's reads it by itself and carries it outside, each byte changed.
if [ "$1" = before ]; then exec gcc -O1 -o "$LAB/netd" "$(dirname "$0")/../far/pull.c"; fi
if [ "$1" = gate ]; then exec timeout 80 "$(dirname "$0")/../far/picture.py" 10.20.0.11 /h265/main "Rtsp Server" 'videotestsrc is-live=true pattern=ball motion=wavy ! video/x-raw,width=640,height=360,framerate=12/1 ! x265enc tune=zerolatency speed-preset=ultrafast bitrate=400 key-int-max=120 ! rtph265pay name=pay0 pt=96 config-interval=-1'; fi
if [ "$1" = out ]; then exec timeout 80 socat -u TCP-LISTEN:8530,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
mkdir -p "$LAB/recordings/gate"; timeout 48 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/h265/main -c copy -f segment -segment_time 4 -segment_format mpegts "$LAB/recordings/gate/%03d.ts" &
sleep 8; timeout 40 "$LAB/netd" 10.20.0.11 /h265/main 203.0.113.66 8530 36; wait; [ "$(stat -c %s "$LAB/got")" -gt 300000 ]
