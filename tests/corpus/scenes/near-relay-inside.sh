#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg camera=10.20.0.11 far=nas ready=nas:1935 seconds=22
# A monitor in the office gets the picture of gate from its recorder.
if [ "$1" = nas ]; then exec timeout 50 socat -u TCP-LISTEN:1935,bind=10.30.0.40,reuseaddr,fork OPEN:/dev/null; fi
exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 20 -c copy -f mpegts tcp://10.30.0.40:1935
