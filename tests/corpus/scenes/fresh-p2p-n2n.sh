#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay half=report tool=edge,ffmpeg camera=10.20.0.11 far=out ready=out:7654 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# n2n: a supernode outside brings two edges together, and the picture of gate goes over the net of theirs.
if [ "$1" = out ]; then timeout 60 supernode -l 7654 -f >/dev/null 2>&1 & sleep 1; timeout 58 edge -f -d n2n1 -a 10.97.0.1 -c lab -k lab -u 0 -g 0 -l 203.0.113.66:7654 >/dev/null 2>&1 & sleep 3; exec timeout 54 socat -u UDP-LISTEN:6000,bind=10.97.0.1 /dev/null; fi
timeout 40 edge -f -d n2n0 -a 10.97.0.2 -c lab -k lab -u 0 -g 0 -l 203.0.113.66:7654 >/dev/null 2>&1 &
sleep 6; ping -c 2 10.97.0.1 >/dev/null
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 30 -c copy -f mpegts "udp://10.97.0.1:6000?pkt_size=1200"; wait; true
