#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=tune tool=nft,ffmpeg camera=10.20.0.11 far=out seconds=50 parts=dns,camera-gate whole=recorder-gate guest=ffmpeg,nft
# A port of the recording server's leads to the camera (nft, dnat), and somebody outside watches through it.
if [ "$1" = services ]; then
	exec nft -f - <<'END'
table ip doors { chain in { type nat hook prerouting priority -100; iifname "off" tcp dport 8554 dnat to 10.20.0.11:554; }; }
END
elif [ "$1" = out ]; then
	exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.30.0.2:8554/Streaming/Channels/101 -t 42 -c copy -f null -
fi
