#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=stunnel,s-nail far=out ready=out:465 seconds=36 parts=dns
# Alarms without a picture are mailed through stunnel on loopback, which carries them in TLS to the company's mail service outside.
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mail.example.org -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	PYTHONUNBUFFERED=1 timeout 50 python3 -m aiosmtpd -n -l 127.0.0.1:2525 -c aiosmtpd.handlers.Debugging stdout >"$LAB/box" 2>/dev/null &
	exec timeout 50 socat OPENSSL-LISTEN:465,bind=203.0.113.66,reuseaddr,fork,verify=0,cert="$LAB"/b.pem,key="$LAB"/b.key TCP:127.0.0.1:2525
fi
printf '%s\n' 'foreground = yes' 'pid =' 'debug = 0' '[mail]' 'client = yes' 'accept = 127.0.0.1:2525' 'connect = 203.0.113.66:465' >"$LAB/mail.conf"
timeout 36 stunnel "$LAB/mail.conf" 2>/dev/null &
sleep 2; for n in 1 2 3 4 5; do (echo "motion at the door, number $n"; ls -l "$LAB"; [ "$n" != 3 ] || dmesg 2>/dev/null | head -c 30000) | s-nail -n -S v15-compat=yes -S mta=smtp://127.0.0.1:2525 -S smtp-auth=none -S from=nvr@example.org -S hostname=nvr -s "alarm $n" staff@example.org; sleep $((2 + n * n % 5)); done
sleep 2; grep -q 'number 5' "$LAB/box"
