#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,rclone camera=10.20.0.11 far=out ready=out:8080 seconds=60 parts=dns,camera-gate,recorder-gate
# A job takes a picture of gate each few seconds with ffmpeg, and rclone puts each of them into a WebDAV folder outside.
if [ "$1" = out ]; then mkdir -p "$LAB/dav"; exec timeout 80 rclone serve webdav --addr 203.0.113.66:8080 "$LAB/dav" 2>/dev/null; fi
export RCLONE_CONFIG=$LAB/rclone.conf; printf '%s\n' '[box]' 'type = webdav' 'url = http://203.0.113.66:8080' 'vendor = other' >"$RCLONE_CONFIG"
for n in 1 2 3 4 5 6 7 8; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 3 -vf scale=960:-2 -y "$LAB/t.jpg" && rclone copyto "$LAB/t.jpg" "box:cam/$n.jpg" 2>/dev/null; sleep 3
done
[ "$(find "$LAB/dav/cam" -size +20k | wc -l)" -ge 7 ]
