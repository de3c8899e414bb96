#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg camera=10.20.0.12 far=nas seconds=50 parts=dns,camera-yard whole=yes
# A second recorder, in the office, records a camera; the way to it goes through this one.
if [ "$1" = nas ]; then
	exec ffmpeg -nostdin -loglevel error -rtsp_transport udp -i rtsp://10.20.0.12/cam/realmonitor -t 44 -c copy -f null -
fi
