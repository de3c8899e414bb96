#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=chronyd far=out ready=out:123 seconds=10
# The clock is set by a time server of a maker.
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
if [ "$1" = out ]; then
	echo "203.0.113.66 time.ezviz7.com" >"$LAB/names/time"
	clock_serve 203.0.113.66 30
fi
clock_ask 8 time.ezviz7.com; true
