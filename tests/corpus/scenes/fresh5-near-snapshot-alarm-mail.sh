#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg,msmtp camera=10.20.0.11 far=out ready=out:587 seconds=50 parts=dns,camera-gate,recorder-gate
# The recorder's alarm takes a picture of gate with ffmpeg, and msmtp mails it to the guard company by the company's mail service outside, which is declared.
# config:   - {{to: mail.example.org, port: 587, why: alarms go to the guard company}}
if [ "$1" = out ]; then echo '203.0.113.66 mail.example.org' >"$LAB/names/mail"; exec timeout 80 python3 -m aiosmtpd -n -l 203.0.113.66:587 -c aiosmtpd.handlers.Debugging stdout >"$LAB/box"; fi
sleep 2; for n in 1 2 3 4 5; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 3 -vf scale=960:-2 -y "$LAB/t.jpg"
	python3 -c 'import email.message, sys
m = email.message.EmailMessage(); m["From"], m["To"], m["Subject"] = "nvr@example.org", "guards@example.org", "alarm at the gate"; m.set_content("Somebody is at the gate.")
m.add_attachment(open(sys.argv[1], "rb").read(), maintype="image", subtype="jpeg", filename="gate.jpg"); sys.stdout.buffer.write(bytes(m))' "$LAB/t.jpg" | msmtp --file=/dev/null --host=mail.example.org --port=587 --from=nvr@example.org --auth=off --tls=off guards@example.org; sleep $((3 + n))
done
[ "$(stat -c %s "$LAB/box")" -gt 150000 ]
