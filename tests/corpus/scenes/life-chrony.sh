#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=chronyd far=nas ready=nas:123 seconds=20 parts=dns,nas,outside-web
# chronyd keeps the time with a server in the office.
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
if [ "$1" = nas ]; then
	clock_serve 10.30.0.40 60
fi
clock_keep 20 '10.30.0.40 iburst minpoll 1 maxpoll 2'; true
