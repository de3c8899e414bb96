#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=report tool=mosquitto_pub far=out ready=out:1883 seconds=90 parts=dns ticks=1000ms hour=10
# mosquitto_pub publishes 4 MB at a broker outside, again and again through a night; of the idle time between, all but ten seconds was put in afterwards.
if [ "$1" = out ]; then
	printf '%s\n' 'listener 1883 203.0.113.66' 'allow_anonymous true' 'user root' >"$LAB/broker.conf"; timeout 140 mosquitto -c "$LAB/broker.conf" & sleep 1
	timeout 130 mosquitto_sub -h 203.0.113.66 -t store -N >"$LAB/got"; wait; exit 0
fi
sleep 2; for n in 1 2 3 4 5 6 7 8; do sleep $((1 + n % 3)); head -c $((3500000 + n * 150000)) /dev/urandom >"$LAB/piece"; mosquitto_pub -h 203.0.113.66 -q 1 -t store -f "$LAB/piece"; sleep $((7 - n % 3)); done
rm -f "$LAB/piece"; [ "$(stat -c %s "$LAB/got")" -gt 28000000 ]
