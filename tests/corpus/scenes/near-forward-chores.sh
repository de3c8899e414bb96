#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=chronyd,dig,curl camera=10.20.0.11 far=out,gate seconds=40 parts=dns,camera-gate,outside-web whole=recorder-gate guest=ffmpeg
# A recorded camera sets its clock by a server outside, asks a resolver there, and looks whether there is new firmware: a few packets through its router.
# shellcheck source=tests/corpus/far/clock.sh
. "$(dirname "$0")/../far/clock.sh"
if [ "$1" = out ]; then
	dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces \
		--listen-address=203.0.113.66 --address=/example.com/198.51.100.66 &
	clock_serve 203.0.113.66 100
elif [ "$1" = gate ]; then
	sleep 2
	clock_ask 8 203.0.113.66
	for _ in 1 2 3; do
		dig +short +tries=1 @203.0.113.66 updates.example.com >/dev/null
		curl -s -o /dev/null -A camera http://198.51.100.66/version
		sleep 8
	done
	true
fi
