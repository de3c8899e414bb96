#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records the yard: ffmpeg, RTSP over UDP.
# lab: on=nvr side=seen ready=file:recordings/yard/000.mp4
mkdir -p "$LAB/recordings/yard"
exec ffmpeg -nostdin -loglevel error -rtsp_transport udp \
	-i "rtsp://${LAB_AT_YARD}yard.cam.lan/cam/realmonitor" -c copy -f segment -segment_time 4 -segment_wrap 16 -reset_timestamps 1 \
	"$LAB/recordings/yard/%03d.mp4"
