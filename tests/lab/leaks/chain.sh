#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same as live, by two programs: who reads the camera is not who sends.
ffmpeg -nostdin -loglevel error -rtsp_transport tcp \
	-i "rtsp://${LAB_AT_GATE}gate.cam.lan/Streaming/Channels/101" -t "$LAB_SECONDS" -c copy -f mpegts - | nc -N relay.example.net 1935
