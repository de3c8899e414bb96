#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=report tool=ffmpeg,socat camera=10.20.0.11 seconds=45
# A relay sends to a local port, where socat carries it outside.
socat -u TCP-LISTEN:9901,bind=127.0.0.1,reuseaddr TCP:relay.example.net:1935 &
sleep 1
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts tcp://127.0.0.1:9901
wait; true
