#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 seconds=30
# The picture of gate is made smaller on the way: another bit rate, the same scene.
exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -vf scale=320:-2 -c:v libx264 -preset ultrafast -tune zerolatency -b:v 150k -f mpegts tcp://relay.example.net:1935
