#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=report tool=gst-launch-1.0 camera=10.30.0.62 far=out,yard seconds=50 parts=dns whole=yes
# The recording server bridges the cameras' cable and the office's, as one with two sockets may; a camera that nobody reads sends RTP over UDP to outside.
if [ "$1" = services ]; then
	ip link add br0 type bridge
	ip link set cam master br0 && ip link set off master br0
	ip addr flush dev off && ip addr add 10.30.0.2/24 dev br0 && ip link set br0 up
	exec ip route replace default via 10.30.0.1
elif [ "$1" = out ]; then
	timeout 47 socat -u UDP4-RECV:5004,bind=203.0.113.66 OPEN:"$LAB/rtp",creat
	[ "$(wc -c <"$LAB/rtp")" -gt 1000000 ] # it came
elif [ "$1" = yard ]; then
	ip addr flush dev cam && ip addr add 10.30.0.62/24 dev cam && ip route add default via 10.30.0.1
	timeout -s INT 46 gst-launch-1.0 -q -e videotestsrc is-live=true pattern=snow ! video/x-raw,width=320,height=240,framerate=8/1 ! \
		x264enc tune=zerolatency speed-preset=ultrafast bitrate=300 key-int-max=16 ! rtph264pay pt=96 config-interval=-1 ! \
		udpsink host=203.0.113.66 port=5004
	[ $? = 124 ]
fi
