#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,live-relay,new-listener half=report tool=ffmpeg camera=10.20.0.11 far=out seconds=46 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg is itself a web server of one page, which is gate; somebody outside reads it with wget.
if [ "$1" = out ]; then sleep 6; exec timeout 40 wget -q -O "$LAB/got" http://10.30.0.2:8099/; fi
timeout 46 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 40 -c copy -f mpegts -listen 1 http://10.30.0.2:8099/
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
