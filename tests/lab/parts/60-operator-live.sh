#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Somebody at a desk watches the door live, for a while, and again.
# lab: on=desk side=far
while :; do
	curl -s ${LAB_LOGIN_WEB:+-u "$LAB_LOGIN_WEB"} -o /dev/null --max-time "$((12 / LAB_PACE))" \
		http://nvr.office.lan/live/
	sleep 1
done
