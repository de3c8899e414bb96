#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,live-relay,direct-pull,new-listener half=report tool=gst-launch-1.0 camera=10.20.0.11 far=out seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# GStreamer reads gate and gives it to whoever connects; somebody outside plays it with ffmpeg.
if [ "$1" = out ]; then sleep 6; exec timeout 38 ffmpeg -nostdin -loglevel error -i tcp://10.30.0.2:9000 -c copy -f null -; fi
timeout "$LAB_SECONDS" gst-launch-1.0 -q rtspsrc location=rtsp://gate.cam.lan/Streaming/Channels/101 protocols=tcp ! rtph264depay ! h264parse ! mpegtsmux ! tcpserversink host=10.30.0.2 port=9000; true
