#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=tune tool=nft,curl camera=10.20.0.11 far=gate seconds=50 parts=dns,outside-web whole=yes guest=nft
# A camera puts a picture each second into a web server outside; the recording server gives it its own address (nft, masquerade).
if [ "$1" = services ]; then
	exec nft -f - <<'END'
table ip doors { chain out { type nat hook postrouting priority 100; ip saddr 10.20.0.0/24 oifname "off" masquerade; }; }
END
elif [ "$1" = gate ]; then
	for ((n = 0; n < 45; n++)); do
		head -c $((38000 + RANDOM % 4000)) /dev/urandom | curl -s -o /dev/null -H Expect: -T - "http://203.0.113.66/drop/$n.jpg"
		sleep 0.9
	done
fi
