#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,msmtp camera=10.20.0.11 far=out ready=out:587 seconds=60 parts=dns,camera-gate,recorder-gate
# Each six seconds ffmpeg takes a picture of gate and msmtp mails it, wrapped by a script in Python, to a box at a provider outside.
if [ "$1" = out ]; then exec timeout 80 python3 -m aiosmtpd -n -l 203.0.113.66:587 -c aiosmtpd.handlers.Debugging stdout >"$LAB/box"; fi
for _ in 1 2 3 4 5 6 7; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 3 -vf scale=960:-2 -y "$LAB/t.jpg"
	python3 -c 'import email.message, sys
m = email.message.EmailMessage(); m["From"], m["To"], m["Subject"] = "a@example.org", "b@example.net", "see"; m.set_content("x")
m.add_attachment(open(sys.argv[1], "rb").read(), maintype="image", subtype="jpeg", filename="1.jpg"); sys.stdout.buffer.write(bytes(m))' "$LAB/t.jpg" | msmtp --file=/dev/null --host=203.0.113.66 --port=587 --from=a@example.org --auth=off --tls=off b@example.net; sleep 4
done
[ "$(stat -c %s "$LAB/box")" -gt 200000 ]
