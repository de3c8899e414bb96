#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.12 far=yard,out ready=yard:554 seconds=70 parts=dns
# yard sends its picture and, beside it, sound at 64 kbit/s; ffmpeg records both, and another ffmpeg takes the sound alone outside.
if [ "$1" = yard ]; then exec timeout 90 "$(dirname "$0")/../far/picture.py" 10.20.0.12 /av "Rtsp Server/3.0" 'videotestsrc is-live=true pattern=snow ! video/x-raw,width=320,height=240,framerate=8/1 ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=300 key-int-max=30 ! rtph264pay name=pay0 pt=96 config-interval=-1 audiotestsrc is-live=true wave=pink-noise ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0'; fi
if [ "$1" = out ]; then exec timeout 90 socat -u TCP-LISTEN:9160,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
mkdir -p "$LAB/recordings/yard"; timeout 66 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.12/av -c copy -f segment -segment_time 4 -segment_format matroska "$LAB/recordings/yard/%03d.mkv" &
sleep 4; timeout 60 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -allowed_media_types audio -i rtsp://10.20.0.12/av -t 54 -c copy -f mulaw tcp://203.0.113.66:9160; wait; [ "$(stat -c %s "$LAB/got")" -gt 300000 ]
