#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:9141 seconds=70 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Two small pictures of gate a second go outside in one connection, as Motion JPEG: some kilobytes a second.
if [ "$1" = out ]; then exec timeout 100 socat -u TCP-LISTEN:9141,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
timeout 80 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 64 -vf fps=2,scale=240:-2 -q:v 6 -f mjpeg tcp://203.0.113.66:9141
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 150000 ]
