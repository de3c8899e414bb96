#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg,lftp camera=10.20.0.11 far=nas ready=nas:2121 seconds=25
# Pictures of gate go to an FTP server in the office, as alarms do.
if [ "$1" = nas ]; then mkdir -p "$LAB/ftp"; exec timeout 50 python3 -m pyftpdlib -i 10.30.0.40 -p 2121 -w -d "$LAB/ftp"; fi
for n in 1 2 3 4 5; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/snap.jpg" && lftp -e "set net:timeout 5; put $LAB/snap.jpg -o $$-$n.jpg; quit" ftp://10.30.0.40:2121 >/dev/null
	sleep 2
done
rm -f "$LAB/snap.jpg"; true
