#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=report tool=nginx,ffmpeg far=out seconds=40
# nginx restreams the gate by RTMP, where ffmpeg brings it; somebody outside plays it with ffmpeg.
if [ "$1" = out ]; then sleep 4; exec timeout 36 ffmpeg -nostdin -loglevel error -i rtmp://10.30.0.2:1935/live/gate -c copy -f null -; fi
timeout "$LAB_SECONDS" "$(dirname "$0")/../far/rtmp.sh" 10.30.0.2:1935 &
sleep 1
timeout "$LAB_SECONDS" ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f flv rtmp://10.30.0.2:1935/live/gate
wait; true
