#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg camera=10.20.0.11 far=desk seconds=46 parts=dns,camera-gate,recorder-gate,outside-web
# The recorder gives gate as a stream to a group of the office's net, which a wall of screens has joined; meanwhile wget brings a new manual from outside.
if [ "$1" = desk ]; then exec timeout 60 socat -u UDP4-RECV:5010,bind=239.20.1.1,ip-add-membership=239.20.1.1:10.30.0.30,reuseaddr "CREATE:$LAB/got"; fi
(sleep 12; head -c 1500000 /dev/urandom >"$LAB/outside/manual.pdf"; wget -q --limit-rate=50k -O "$LAB/manual.pdf" http://relay.example.net/manual.pdf) &
timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 40 -c copy -f mpegts 'udp://239.20.1.1:5010?ttl=2&pkt_size=1316&localaddr=10.30.0.2'
wait; [ "$(stat -c %s "$LAB/got")" -gt 700000 ] && [ "$(stat -c %s "$LAB/manual.pdf")" = 1500000 ]
