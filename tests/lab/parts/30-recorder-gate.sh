#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records the gate: ffmpeg, RTSP over TCP, files of a few seconds.
# lab: on=nvr side=seen ready=file:recordings/gate/000.mp4
mkdir -p "$LAB/recordings/gate"
exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp \
	-i "rtsp://${LAB_AT_GATE}gate.cam.lan/Streaming/Channels/101" -c copy -f segment -segment_time 4 -segment_wrap 16 -reset_timestamps 1 \
	"$LAB/recordings/gate/%03d.mp4"
