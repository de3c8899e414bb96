#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,socat camera=10.20.0.11 far=out ready=out:9142 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# What ffmpeg writes of gate goes by a pipe to socat and as datagrams over IPv6 outside, where nobody answers.
if [ "$1" = out ]; then exec timeout 60 socat -u -b 2000 "UDP6-RECV:9142,bind=[2001:db8::66]" "CREATE:$LAB/got"; fi
timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 36 -c copy -f mpegts pipe:1 | timeout 46 socat -u -b 1316 - "UDP6-SENDTO:[2001:db8::66]:9142"
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 400000 ]
