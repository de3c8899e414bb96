#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:1936 seconds=25
# ffmpeg pushes the gate to an RTMP server outside.
if [ "$1" = out ]; then
	mkdir -p "$LAB/rtmp"
	cat >"$LAB/rtmp-out.conf" <<END
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; worker_processes 1; user root; pid $LAB/rtmp/out; error_log $LAB/rtmp/error.log;
events { worker_connections 64; }
rtmp { server { listen 203.0.113.66:1936; application live { live on; } } }
END
	exec timeout 60 nginx -c "$LAB/rtmp-out.conf" -e "$LAB/rtmp/error.log"
fi
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f flv rtmp://relay.example.net:1936/live/x
