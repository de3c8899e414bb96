#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copies what was recorded to the NAS, again and again.
# lab: on=nvr side=seen
while :; do
	rsync -a "$LAB/recordings/" rsync://nas.office.lan/recordings/
	sleep "$((6 / LAB_PACE))"
done
