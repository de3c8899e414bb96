#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copies what was recorded to the NAS, again and again.
# lab: on=nvr side=seen
export RSYNC_PASSWORD="${LAB_LOGIN_NAS#*:}"
while :; do
	rsync -a "$LAB/recordings/" "rsync://${LAB_AT_NAS%%:*}${LAB_AT_NAS:+@}nas.office.lan/recordings/"
	sleep "$((6 / LAB_PACE))"
done
