#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer half=report tool=ffmpeg,nginx far=out services=nvr:8443 seconds=60 parts=dns,camera-gate,recorder-gate
# The server's pages by TLS have gate as DASH, which ffmpeg makes; the router lets the outside in, and somebody there watches it with another ffmpeg.
if [ "$1" = services ]; then
	mkdir -p "$LAB/dash"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=nvr.office.lan -keyout "$LAB/dash.key" -out "$LAB/dash.pem" 2>/dev/null
	cat >"$LAB/dash.conf" <<END
daemon off; worker_processes 1; user root; pid $LAB/dash.pid; error_log $LAB/dash.log;
events { worker_connections 64; }
http { access_log off; ssl_certificate $LAB/dash.pem; ssl_certificate_key $LAB/dash.key; client_body_temp_path $LAB/dash; proxy_temp_path $LAB/dash; fastcgi_temp_path $LAB/dash; uwsgi_temp_path $LAB/dash; scgi_temp_path $LAB/dash;
	server { listen 10.30.0.2:8443 ssl; root $LAB/dash; } }
END
	exec timeout 110 nginx -c "$LAB/dash.conf" -e "$LAB/dash.log"
fi
if [ "$1" = out ]; then sleep 12; timeout 44 ffmpeg -nostdin -loglevel error -tls_verify 0 -i https://10.30.0.2:8443/live.mpd -c copy -f matroska "$LAB/got"; exit 0; fi
timeout 58 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f dash -seg_duration 2 -window_size 6 -extra_window_size 4 "$LAB/dash/live.mpd"
[ "$(stat -c %s "$LAB/got")" -gt 500000 ]
