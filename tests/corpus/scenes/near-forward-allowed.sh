#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=ffmpeg camera=10.20.0.13 far=out,door seconds=50 parts=dns,camera-door whole=yes
# A camera streams to the control room of a guard company, which the site has declared; the recording server is its router.
# config:   - {{to: 203.0.113.0/24, why: the guard company watches the door}}
if [ "$1" = out ]; then
	exec socat -u TCP4-LISTEN:1935,bind=203.0.113.66,reuseaddr OPEN:/dev/null
elif [ "$1" = door ]; then
	sleep 1
	exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.13/axis-media/media.amp -t 44 -c copy -f mpegts tcp://203.0.113.66:1935
fi
