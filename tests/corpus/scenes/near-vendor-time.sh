#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=chronyd far=out ready=out:123 seconds=10
# The clock is set by a time server of a maker.
if [ "$1" = out ]; then
	echo "203.0.113.66 time.ezviz7.com" >"$LAB/names/time"
	printf '%s\n' 'allow' 'local stratum 2' 'bindaddress 203.0.113.66' 'cmdport 0' "pidfile $LAB/chrony-out.pid" >"$LAB/chrony-out.conf"
	exec timeout 30 chronyd -d -x -U -u root -f "$LAB/chrony-out.conf"
fi
timeout 9 chronyd -Q -U -u root -t 8 "server time.ezviz7.com iburst" "pidfile $LAB/chrony-in.pid" >/dev/null 2>&1; true
