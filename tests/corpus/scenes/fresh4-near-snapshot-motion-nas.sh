#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=motion,curl camera=10.20.0.11 far=nas ready=nas:2121 seconds=46 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A second motion takes gate, keeps a picture each three seconds, and has curl put each of them on the office's FTP server.
if [ "$1" = nas ]; then mkdir -p "$LAB/ftp"; exec timeout 60 /usr/bin/python3 -m pyftpdlib -i 10.30.0.40 -p 2121 -w -d "$LAB/ftp" 2>/dev/null; fi
mkdir -p "$LAB/shots"
printf '%s\n' 'daemon off' 'setup_mode off' "log_file $LAB/m3.log" 'log_level 5' 'netcam_url rtsp://gate.cam.lan/Streaming/Channels/101' 'width 640' 'height 368' 'framerate 5' "target_dir $LAB/shots" \
	'picture_output off' 'movie_output off' 'snapshot_interval 3' 'picture_quality 95' 'stream_port 0' 'webcontrol_port 0' "on_picture_save curl -s -T %f ftp://10.30.0.40:2121/" >"$LAB/m3.conf"
timeout 44 motion -n -c "$LAB/m3.conf" >/dev/null 2>&1; [ "$(cat "$LAB"/ftp/*.jpg | wc -c)" -gt 200000 ]
