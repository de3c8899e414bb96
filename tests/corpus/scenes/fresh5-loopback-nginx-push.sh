#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=report tool=nginx,ffmpeg camera=10.20.0.11 far=out ready=out:1936 seconds=60 parts=dns,camera-gate,recorder-gate
# ffmpeg gives gate to an RTMP server of nginx's on loopback, which pushes what it gets to another one outside.
if [ "$1" = out ]; then
	timeout 90 "$(dirname "$0")/../far/rtmp.sh" 203.0.113.66:1936 & sleep 14; timeout 50 ffmpeg -nostdin -loglevel error -i rtmp://203.0.113.66:1936/live/x -c copy -y "$LAB/got.flv"; wait; exit 0
fi
mkdir -p "$LAB/push"; cat >"$LAB/push.conf" <<END
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; worker_processes 1; user root; pid $LAB/push/pid; error_log $LAB/push/error.log;
events { worker_connections 64; }
rtmp { server { listen 127.0.0.1:1935; application live { live on; push rtmp://203.0.113.66:1936/live; } } }
END
timeout 58 nginx -c "$LAB/push.conf" -e "$LAB/push/error.log" & sleep 2
timeout 52 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 48 -c copy -f flv rtmp://127.0.0.1:1935/live/x; sleep 2; kill %1; wait
[ "$(stat -c %s "$LAB/got.flv")" -gt 600000 ]
