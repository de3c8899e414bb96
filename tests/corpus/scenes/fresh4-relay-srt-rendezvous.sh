#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,srt-live-transmit camera=10.20.0.11 far=out seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# srt-live-transmit and somebody outside call each other by SRT's rendezvous, so that neither has to wait; it sends what ffmpeg gives it of gate over a pipe.
if [ "$1" = out ]; then exec timeout 60 srt-live-transmit -q "srt://10.30.0.2:9714?mode=rendezvous&port=9714&adapter=203.0.113.66" file://con >"$LAB/got"; fi
timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 32 -c copy -f mpegts pipe:1 | timeout 40 srt-live-transmit -q file://con "srt://203.0.113.66:9714?mode=rendezvous&port=9714&adapter=10.30.0.2"
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 400000 ]
