#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,rsync,ssh,chronyd,prometheus-node-exporter,ffmpeg,logrotate seconds=2400 camera=10.20.0.11 far=nas,out parts=dns,camera-gate,nas,outside-web,web ready=nas:25 ticks=1000ms
# Forty minutes of a recorder that keeps a clip now and then: scraped, backed up, asked for updates, administrated, its clock kept.
if [ "$1" = out ]; then
	printf '%s\n' 'allow' 'local stratum 2' 'bindaddress 203.0.113.66' 'cmdport 0' "pidfile $LAB/chrony-out.pid" >"$LAB/chrony-out.conf"
	exec timeout 2600 chronyd -d -x -U -u root -f "$LAB/chrony-out.conf"
fi
if [ "$1" = nas ]; then
	mkdir -p "$LAB/ssh" && ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host" && ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key" && cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"
	(while :; do sleep 30; curl -s -o /dev/null --max-time 5 http://10.30.0.2:9100/metrics; done) &
	(while :; do sleep 400; ssh -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no root@10.30.0.2 'uptime; df -h; ls /var/log' >/dev/null; done) &
	(while :; do sleep 170; curl -s -o /dev/null http://10.30.0.2/recordings/gate/; done) &
	exec timeout 2600 python3 -m aiosmtpd -n -l 10.30.0.40:25 -c aiosmtpd.handlers.Sink
fi
mkdir -p /run/sshd "$LAB/recordings/gate"
timeout 2395 prometheus-node-exporter --web.listen-address=10.30.0.2:9100 >/dev/null 2>&1 &
timeout 2395 /usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes 2>/dev/null &
timeout 2395 chronyd -d -x -U -u root 'server 203.0.113.66 minpoll 6 maxpoll 7' 'cmdport 0' "pidfile $LAB/chrony-in.pid" 'bindcmdaddress /' >/dev/null 2>&1 &
end=$((SECONDS + 2390)) n=0
while [ $SECONDS -lt $end ]; do
	n=$((n + 1))
	curl -s -o /dev/null -d '<s:Envelope/>' http://gate.cam.lan/onvif/device_service
	[ $((n % 3)) != 0 ] || curl -s -o /dev/null http://updates.example.com/version
	[ $((n % 5)) != 2 ] || rsync -a "$LAB/recordings/" rsync://nas.office.lan/recordings/
	[ $((n % 10)) != 4 ] || ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 8 -c copy -y "$LAB/recordings/gate/$n.mp4"
	if [ $((n % 15)) = 7 ]; then
		printf '%s {\n rotate 2\n create\n}\n' "$LAB/web/access.log" >"$LAB/rotate.conf"; logrotate -f -s "$LAB/rotate.state" "$LAB/rotate.conf" 2>/dev/null
		printf 'Subject: day\n\nall is well\n' | curl -s smtp://10.30.0.40:25 --mail-from nvr@office.lan --mail-rcpt a@office.lan -T -
	fi
	sleep 60
done
wait; true
