#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:1936 seconds=25
# ffmpeg pushes the gate to an RTMP server outside.
if [ "$1" = out ]; then
	exec timeout 60 "$(dirname "$0")/../far/rtmp.sh" 203.0.113.66:1936
fi
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f flv rtmp://relay.example.net:1936/live/x
