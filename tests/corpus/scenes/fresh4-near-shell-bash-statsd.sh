#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=bash far=nas ready=nas:8126 seconds=24 parts=dns
# A job in bash tells the office by its own /dev/udp and /dev/tcp how the server is, and reads the answer by the same descriptor.
# shellcheck disable=SC2016,SC2034 # other languages have variables of their own, a counter
if [ "$1" = nas ]; then timeout 34 socat -u UDP-RECV:8125,bind=10.30.0.40 "CREATE:$LAB/stats" & exec timeout 34 socat TCP-LISTEN:8126,bind=10.30.0.40,reuseaddr,fork SYSTEM:'read line; echo ok $line'; fi
sleep 1; got=0; for n in 1 2 3 4 5 6 7 8; do
	exec 3<>/dev/udp/10.30.0.40/8125; echo "nvr.load:$(cut -d' ' -f1 /proc/loadavg)|g" >&3; exec 3>&-
	exec 4<>/dev/tcp/10.30.0.40/8126; df / | tail -n1 | tr -s ' ' >&4; head -n 1 <&4 | grep -q ^ok && got=$((got + 1)); exec 4>&-; sleep 2
done
[ "$got" = 8 ] && grep -q nvr.load "$LAB/stats"
