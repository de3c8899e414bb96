#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,live-relay,new-listener half=report tool=ffmpeg camera=10.20.0.11 far=out seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg waits on a UDP port for whoever wants gate by SRT; somebody outside calls and gets it.
if [ "$1" = out ]; then sleep 5; exec timeout 42 srt-live-transmit -q srt://10.30.0.2:9000 file://con >"$LAB/got"; fi
timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts "srt://10.30.0.2:9000?mode=listener"
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
