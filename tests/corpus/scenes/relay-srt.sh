#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:9710 seconds=25
# ffmpeg sends the gate outside by SRT, encrypted.
if [ "$1" = out ]; then exec timeout 60 srt-live-transmit -q "srt://203.0.113.66:9710?mode=listener&passphrase=0123456789" file://con >/dev/null; fi
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts "srt://203.0.113.66:9710?passphrase=0123456789"; true
