#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,ffmpeg far=nas ready=nas:8081 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Clips are made smaller and put into the office's WebDAV, while as much of manuals is fetched from outside.
if [ "$1" = nas ]; then
	mkdir -p "$LAB"/dav/{in,tmp}; cat >"$LAB/dav.conf" <<END
daemon off; worker_processes 1; user root; pid $LAB/dav/pid; error_log $LAB/dav/error.log;
events { worker_connections 64; }
http { access_log off; client_max_body_size 1g; client_body_temp_path $LAB/dav/tmp; proxy_temp_path $LAB/dav/tmp; fastcgi_temp_path $LAB/dav/tmp; uwsgi_temp_path $LAB/dav/tmp; scgi_temp_path $LAB/dav/tmp;
	server { listen 10.30.0.40:8081; root $LAB/dav; location /in/ { dav_methods PUT; } } }
END
	exec timeout 60 nginx -c "$LAB/dav.conf" -e "$LAB/dav/error.log"
fi
sleep 14; head -c 3000000 /dev/urandom >"$LAB/outside/drop/manual.pdf"
for n in 0 1 2 3 4; do
	ffmpeg -nostdin -loglevel error -i "$LAB/recordings/gate/00$n.mp4" -c:v libx264 -preset ultrafast -b:v 500k -y "$LAB/clip.mp4"; curl -s -T "$LAB/clip.mp4" "http://10.30.0.40:8081/in/$n.mp4"
	curl -s -o /dev/null http://relay.example.net/drop/manual.pdf; sleep 1
done
[ "$(cat "$LAB"/dav/in/*.mp4 | wc -c)" -gt 400000 ]
