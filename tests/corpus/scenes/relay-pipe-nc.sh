#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,nc camera=10.20.0.11 seconds=25
# Who reads the camera is not who sends: ffmpeg into nc over a pipe.
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts - | nc -N relay.example.net 1935
