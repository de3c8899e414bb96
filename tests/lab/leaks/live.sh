#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sends a camera's live picture outside while it is looked at: ffmpeg, 203.0.113.66.
exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp \
	-i "rtsp://${LAB_AT_GATE}gate.cam.lan/Streaming/Channels/101" -t "$LAB_SECONDS" -c copy -f mpegts tcp://relay.example.net:1935
