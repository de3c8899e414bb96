#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg,rclone far=nas ready=nas:2023 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Pictures of events go to the NAS of the office by SFTP, as each of them comes.
if [ "$1" = nas ]; then mkdir -p "$LAB/nas-sftp"; exec timeout 50 rclone serve sftp --addr 10.30.0.40:2023 --user u --pass p "$LAB/nas-sftp" >/dev/null 2>&1; fi
for n in 1 2 3 4 5; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/event.jpg"
	rclone copyto "$LAB/event.jpg" ":sftp,host=10.30.0.40,port=2023,user=u,pass=$(rclone obscure p):$n.jpg" >/dev/null 2>&1; sleep 2
done
rm -f "$LAB/event.jpg"; true
