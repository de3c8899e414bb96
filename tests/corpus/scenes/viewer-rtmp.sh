#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=report tool=nginx,ffmpeg far=out seconds=40
# nginx restreams the gate by RTMP, where ffmpeg brings it; somebody outside plays it with ffmpeg.
if [ "$1" = out ]; then sleep 4; exec timeout 36 ffmpeg -nostdin -loglevel error -i rtmp://10.30.0.2:1935/live/gate -c copy -f null -; fi
mkdir -p "$LAB/rtmp"
cat >"$LAB/rtmp.conf" <<END
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; worker_processes 1; user root; pid $LAB/rtmp/pid; error_log $LAB/rtmp/error.log;
events { worker_connections 64; }
rtmp { server { listen 10.30.0.2:1935; application live { live on; } } }
END
timeout "$LAB_SECONDS" nginx -c "$LAB/rtmp.conf" -e "$LAB/rtmp/error.log" &
sleep 1
timeout "$LAB_SECONDS" ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f flv rtmp://10.30.0.2:1935/live/gate
wait; true
