#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg,curl camera=10.20.0.11 far=gate,out ready=gate:554 seconds=60 parts=dns,outside-web
# gate sends H.265, which one ffmpeg makes into Motion JPEG on the server's disk; meanwhile curl sends a report of a crash, 1.4 MB, outside as slowly as the line to the camera is.
if [ "$1" = gate ]; then exec timeout 80 "$(dirname "$0")/../far/picture.py" 10.20.0.11 /h265/main "Rtsp Server" 'videotestsrc is-live=true pattern=ball motion=wavy ! video/x-raw,width=640,height=360,framerate=10/1 ! x265enc tune=zerolatency speed-preset=ultrafast bitrate=320 key-int-max=40 ! rtph265pay name=pay0 pt=96 config-interval=-1'; fi
if [ "$1" = out ]; then exit 0; fi
mkdir -p "$LAB/recordings/gate"; timeout 56 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/h265/main -t 50 -c:v mjpeg -q:v 8 -r 5 -f segment -segment_time 5 "$LAB/recordings/gate/%03d.avi" &
sleep 8; head -c 1400000 /dev/urandom >"$LAB/core.gz"; curl -s -o /dev/null --limit-rate 40k -T "$LAB/core.gz" http://relay.example.net/drop/core.gz; wait; [ "$(stat -c %s "$LAB/outside/drop/core.gz")" = 1400000 ] && [ "$(du -sb "$LAB/recordings/gate" | cut -f1)" -gt 500000 ]
