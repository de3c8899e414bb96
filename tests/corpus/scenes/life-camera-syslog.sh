#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=rsyslogd,chronyd far=gate,yard seconds=22 parts=dns,camera-gate,camera-yard,nas
# Cameras log to the recording server and take the time from it.
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
if [ "$1" = gate ]; then sleep 3; for n in $(seq 1 12); do logger -n 10.20.0.1 -P 514 -d -t camera "motion $n"; sleep 1; done; exit 0; fi
if [ "$1" = yard ]; then sleep 4; for n in 1 2; do clock_ask 6 10.20.0.1; done; exit 0; fi
clock_serve 10.20.0.1 20 3 >/dev/null 2>&1 &
printf 'module(load="imudp")\ninput(type="imudp" address="10.20.0.1" port="514")\naction(type="omfile" file="%s/cameras.log")\n' "$LAB" >"$LAB/rsyslog-in.conf"
timeout 20 rsyslogd -n -i "$LAB/rsyslog-in.pid" -f "$LAB/rsyslog-in.conf"; wait; true
