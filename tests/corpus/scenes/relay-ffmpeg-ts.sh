#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=tune tool=ffmpeg camera=10.20.0.11 seconds=25
# ffmpeg sends the picture of gate outside as MPEG-TS over TCP while it reads it.
exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts tcp://relay.example.net:1935
