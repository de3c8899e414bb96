#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,tc,nft camera=10.20.0.11 far=out ready=out:1935 seconds=60 parts=dns,camera-gate,recorder-gate,outside-sink
# The way out is a bad mobile line (420 kbit/s, one packet of thirty is lost); ffmpeg pushes gate over it as FLV to a port outside.
if [ "$1" = out ]; then exit 0; fi
dev=$(ip -o -4 addr show | awk '/10\.30\.0\.2\//{print $2; exit}'); tc qdisc add dev "$dev" root tbf rate 420kbit burst 8k latency 600ms || exit 1
nft 'table inet line { chain out { type filter hook postrouting priority 0; ip daddr 203.0.113.66 numgen random mod 30 == 0 drop; }; }' || exit 1
timeout 58 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 50 -c copy -f flv tcp://203.0.113.66:1935
tc qdisc del dev "$dev" root; nft delete table inet line; sleep 1; [ "$(cat "$LAB"/outside/live/* | wc -c)" -gt 1000000 ]
