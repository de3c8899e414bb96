#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,curl camera=10.20.0.12 far=yard,out ready=yard:554 seconds=70 parts=dns
# yard sends H.264 with sound; ffmpeg records it, and another ffmpeg makes WebM of it, which curl puts outside over TLS, one upload without an end.
if [ "$1" = yard ]; then exec timeout 90 "$(dirname "$0")/../far/picture.py" 10.20.0.12 /av "Rtsp Server/3.0" 'videotestsrc is-live=true pattern=snow ! video/x-raw,width=320,height=240,framerate=10/1 ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=350 key-int-max=30 ! rtph264pay name=pay0 pt=96 config-interval=-1 audiotestsrc is-live=true wave=pink-noise ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0'; fi
if [ "$1" = out ]; then exec timeout 90 "$(dirname "$0")/../far/tls-web.sh" media.example.org; fi
mkdir -p "$LAB/recordings/yard"; timeout 66 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.12/av -map 0:v -c copy -f segment -segment_time 4 "$LAB/recordings/yard/%03d.mp4" &
sleep 4; timeout 64 ffmpeg -nostdin -loglevel error -rtsp_transport udp -i rtsp://10.20.0.12/av -t 56 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 250k -g 40 -c:a libopus -b:a 24k -f webm pipe:1 | timeout 66 curl -s -k -T - https://media.example.org/drop/live.webm
wait; [ "$(stat -c %s "$LAB/tls/drop/live.webm")" -gt 500000 ]
