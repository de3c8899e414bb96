#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=chronyd far=nas ready=nas:123 seconds=20 parts=dns,nas,outside-web
# chronyd keeps the time with a server in the office.
if [ "$1" = nas ]; then
	printf '%s\n' 'allow' 'local stratum 2' 'bindaddress 10.30.0.40' 'cmdport 0' "pidfile $LAB/chrony-out.pid" >"$LAB/chrony-out.conf"
	exec timeout 60 chronyd -d -x -U -u root -f "$LAB/chrony-out.conf"
fi
timeout 20 chronyd -d -x -U -u root 'server 10.30.0.40 iburst minpoll 1 maxpoll 2' 'cmdport 0' "pidfile $LAB/chrony-in.pid" "bindcmdaddress /" >/dev/null 2>&1; true
