#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=tune tool=ffmpeg camera=10.20.0.11 far=out,gate seconds=50 parts=dns,camera-gate whole=recorder-gate guest=ffmpeg
# The camera itself, which is recorded too, pushes its picture to an RTMP server outside; the recording server is its router.
if [ "$1" = out ]; then
	mkdir -p "$LAB/rtmp"
	cat >"$LAB/rtmp-out.conf" <<END
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; worker_processes 1; user root; pid $LAB/rtmp/out; error_log $LAB/rtmp/error.log;
events { worker_connections 64; }
rtmp { server { listen 203.0.113.66:1936; application live { live on; } } }
END
	exec nginx -c "$LAB/rtmp-out.conf" -e "$LAB/rtmp/error.log"
elif [ "$1" = gate ]; then
	sleep 1
	exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/Streaming/Channels/101 -t 46 -c copy -f flv rtmp://relay.example.net:1936/live/x
fi
