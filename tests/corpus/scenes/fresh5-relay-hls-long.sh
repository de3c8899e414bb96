#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=gate,out ready=gate:554 seconds=110 parts=dns,outside-web
# gate sends H.265 with a whole picture each eight seconds; one ffmpeg puts it outside as HLS in segments of sixteen seconds, each a request of its own.
if [ "$1" = gate ]; then exec timeout 130 "$(dirname "$0")/../far/picture.py" 10.20.0.11 /h265/main "Rtsp Server" 'videotestsrc is-live=true pattern=ball motion=wavy ! video/x-raw,width=640,height=360,framerate=10/1 ! x265enc tune=zerolatency speed-preset=ultrafast bitrate=300 key-int-max=80 ! rtph265pay name=pay0 pt=96 config-interval=-1'; fi
if [ "$1" = out ]; then exit 0; fi
timeout 106 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/h265/main -t 100 -c copy -f hls -hls_time 16 -hls_list_size 4 -method PUT http://relay.example.net/drop/live.m3u8; sleep 1
[ "$(cat "$LAB"/outside/drop/live*.ts | wc -c)" -gt 500000 ]
