#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=chronyd far=out ready=out:123 seconds=40
# chronyd keeps the time with a server outside, often.
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
if [ "$1" = out ]; then
	echo "203.0.113.66 ntp.example.net" >"$LAB/names/ntp"
	clock_serve 203.0.113.66 60
fi
clock_keep 38 'ntp.example.net minpoll 1 maxpoll 1'; true
