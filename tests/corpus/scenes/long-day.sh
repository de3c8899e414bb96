#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,rsync,ssh,chronyd,prometheus-node-exporter,ffmpeg,logrotate,logger seconds=7320 camera=10.20.0.11 far=nas,out parts=dns,camera-gate,nas,outside-web,web ready=nas:25 services=nvr:9100 ticks=2000ms
# Two hours of a recording server at night: scraped, its clock kept, a clip now and then, backups, an update check, log rotation, mail, an administrator.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
if [ "$1" = out ]; then
	clock_serve 203.0.113.66 $((LAB_SECONDS + 180))
fi
if [ "$1" = services ]; then
	ssh_keys
	timeout $((LAB_SECONDS + 80)) "${sshd[@]}" 2>/dev/null &
	clock_keep $((LAB_SECONDS + 80)) '203.0.113.66 minpoll 6 maxpoll 8' &
	exec timeout $((LAB_SECONDS + 80)) prometheus-node-exporter --web.listen-address=10.30.0.2:9100 >/dev/null 2>&1
fi
if [ "$1" = nas ]; then
	(while :; do sleep 120; curl -s -o /dev/null --max-time 5 http://10.30.0.2:9100/metrics; done) &
	(while :; do sleep 2500; ssh "${ssh[@]}" root@10.30.0.2 'uptime; df -h; ls /var/log' >/dev/null; done) &
	(while :; do sleep 1800; curl -s -o /dev/null http://10.30.0.2/recordings/gate/; done) &
	exec timeout $((LAB_SECONDS + 180)) python3 -m aiosmtpd -n -l 10.30.0.40:25 -c aiosmtpd.handlers.Sink
fi
mkdir -p "$LAB/recordings/gate"
end=$((SECONDS + LAB_SECONDS - 140)) n=0
while [ $SECONDS -lt $end ]; do
	n=$((n + 1))
	[ $((n % 4)) != 1 ] || curl -s -o /dev/null -d '<s:Envelope/>' http://gate.cam.lan/onvif/device_service
	[ $((n % 17)) != 9 ] || curl -s -o /dev/null http://updates.example.com/version
	[ $((n % 29)) != 20 ] || rsync -a "$LAB/recordings/" rsync://nas.office.lan/recordings/
	[ $((n % 23)) != 6 ] || ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 8 -c copy -y "$LAB/recordings/gate/$n.mp4"
	[ $((n % 5)) != 3 ] || logger -n 10.30.0.40 -P 514 -d "disk $(df --output=pcent / | tail -n 1)"
	if [ $((n % 37)) = 31 ]; then
		printf '%s {\n rotate 2\n create\n}\n' "$LAB/web/access.log" >"$LAB/rotate.conf"; logrotate -f -s "$LAB/rotate.state" "$LAB/rotate.conf" 2>/dev/null
		printf 'Subject: night\n\nall is well\n' | curl -s smtp://10.30.0.40:25 --mail-from nvr@office.lan --mail-rcpt a@office.lan -T -
		find "$LAB/recordings/gate" -name '*.mp4' -mmin +60 -delete
	fi
	sleep 120
done
true
