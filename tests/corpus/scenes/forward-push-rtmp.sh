#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=tune tool=ffmpeg camera=10.20.0.11 far=out,gate seconds=50 parts=dns,camera-gate whole=recorder-gate guest=ffmpeg
# The camera itself, which is recorded too, pushes its picture to an RTMP server outside; the recording server is its router.
if [ "$1" = out ]; then
	exec "$(dirname "$0")/../far/rtmp.sh" 203.0.113.66:1936
elif [ "$1" = gate ]; then
	sleep 1
	exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/Streaming/Channels/101 -t 46 -c copy -f flv rtmp://relay.example.net:1936/live/x
fi
