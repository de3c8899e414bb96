#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,curl camera=10.20.0.11 far=out ready=out:25 seconds=30
# Pictures of gate go outside by mail, one in each.
if [ "$1" = out ]; then exec timeout 50 python3 -m aiosmtpd -n -l 203.0.113.66:25 -c aiosmtpd.handlers.Sink; fi
for n in 1 2 3 4 5 6; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/snap.jpg"
	curl -s smtp://203.0.113.66:25 --mail-from nvr@office.lan --mail-rcpt box@example.net -H "Subject: $n" -F "=see;type=text/plain" -F "file=@$LAB/snap.jpg;type=image/jpeg;encoder=base64"
	sleep 2
done
rm -f "$LAB/snap.jpg"; true
