#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,lftp camera=10.20.0.11 far=out ready=out:2121 seconds=30
# Pictures of gate go to an FTP server outside, by lftp.
if [ "$1" = out ]; then mkdir -p "$LAB/ftp"; exec timeout 50 python3 -m pyftpdlib -i 203.0.113.66 -p 2121 -w -d "$LAB/ftp"; fi
for n in 1 2 3 4 5 6; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/snap.jpg" && lftp -e "set net:timeout 5; put $LAB/snap.jpg -o $$-$n.jpg; quit" ftp://203.0.113.66:2121 >/dev/null
	sleep 2
done
rm -f "$LAB/snap.jpg"; true
