#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Somebody at a desk plays back, over IPv6, what the gate's camera saw: the file before the last.
# lab: on=desk side=far
while :; do
	# shellcheck disable=SC2012 # the names are ours
	file=$(ls -t "$LAB/recordings/gate" | sed -n 2p)
	[ -z "$file" ] || curl -s ${LAB_LOGIN_WEB:+-u "$LAB_LOGIN_WEB"} -o "$LAB/played.mp4" \
		"http://[fd00:30::2]/recordings/gate/$file"
	sleep "$((4 / LAB_PACE))"
done
