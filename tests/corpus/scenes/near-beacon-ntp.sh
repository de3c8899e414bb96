#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=chronyd far=out ready=out:123 seconds=40
# chronyd keeps the time with a server outside, often.
if [ "$1" = out ]; then
	echo "203.0.113.66 ntp.example.net" >"$LAB/names/ntp"
	printf '%s\n' 'allow' 'local stratum 2' 'bindaddress 203.0.113.66' 'cmdport 0' "pidfile $LAB/chrony-out.pid" >"$LAB/chrony-out.conf"
	exec timeout 60 chronyd -d -x -U -u root -f "$LAB/chrony-out.conf"
fi
timeout 38 chronyd -d -x -U -u root 'server ntp.example.net minpoll 1 maxpoll 1' 'cmdport 0' "pidfile $LAB/chrony-in.pid" "bindcmdaddress /" >/dev/null 2>&1; true
