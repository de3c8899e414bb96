#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=tune tool=nft,ffmpeg camera=10.20.0.12 far=out,yard seconds=48 parts=dns,camera-yard whole=yes guest=nft
# A camera streams to outside, and the recording server gives it its own address (nft, masquerade).
if [ "$1" = services ]; then
	exec nft -f - <<'END'
table ip doors { chain out { type nat hook postrouting priority 100; ip saddr 10.20.0.0/24 oifname "off" masquerade; }; }
END
elif [ "$1" = out ]; then
	exec socat -u TCP4-LISTEN:1935,bind=203.0.113.66,reuseaddr OPEN:/dev/null
elif [ "$1" = yard ]; then
	sleep 1
	exec ffmpeg -nostdin -loglevel error -rtsp_transport udp -i rtsp://10.20.0.12/cam/realmonitor -t 42 -c copy -f mpegts tcp://203.0.113.66:1935
fi
