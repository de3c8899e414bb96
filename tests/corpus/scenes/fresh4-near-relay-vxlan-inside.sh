#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg,ip camera=10.20.0.11 far=nas seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A VXLAN of the kernel's joins the server to a wall of screens in the office; the recorder's program sends gate to an address of that net.
if [ "$1" = nas ]; then
	ip link add vx8 type vxlan id 8 local 10.30.0.40 remote 10.30.0.2 dstport 4789; ip addr add 192.168.78.2/30 dev vx8; ip link set vx8 up
	timeout 44 socat -u UDP-RECV:5000,bind=192.168.78.2 "CREATE:$LAB/got"; ip link del vx8; exit 0
fi
ip link add vx8 type vxlan id 8 local 10.30.0.2 remote 10.30.0.40 dstport 4789; ip addr add 192.168.78.1/30 dev vx8; ip link set vx8 up
sleep 2; timeout 40 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 28 -c copy -f mpegts "udp://192.168.78.2:5000?pkt_size=1316"
ip link del vx8; sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
