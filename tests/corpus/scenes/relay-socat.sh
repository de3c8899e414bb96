#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=tune tool=ffmpeg,socat camera=10.20.0.11 seconds=25
# The picture of gate goes through a Unix socket to socat, which sends it outside.
rm -f "$LAB/relay.sock"
socat -u UNIX-LISTEN:"$LAB/relay.sock" TCP:relay.example.net:1935 &
while [ ! -S "$LAB/relay.sock" ]; do sleep 0.1; done
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts unix:"$LAB/relay.sock"
wait
