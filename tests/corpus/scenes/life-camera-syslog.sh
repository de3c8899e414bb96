#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=rsyslogd,chronyd far=gate,yard seconds=22 parts=dns,camera-gate,camera-yard,nas
# Cameras log to the recording server and take the time from it.
if [ "$1" = gate ]; then sleep 3; for n in $(seq 1 12); do logger -n 10.20.0.1 -P 514 -d -t camera "motion $n"; sleep 1; done; exit 0; fi
if [ "$1" = yard ]; then sleep 4; for n in 1 2; do timeout 8 chronyd -Q -U -u root -t 6 "server 10.20.0.1 iburst" "pidfile $LAB/chrony-yard$n.pid" >/dev/null 2>&1; done; exit 0; fi
printf '%s\n' 'allow 10.20.0.0/24' 'local stratum 3' 'bindaddress 10.20.0.1' 'cmdport 0' "pidfile $LAB/chrony-nvr.pid" >"$LAB/chrony-nvr.conf"
timeout 20 chronyd -d -x -U -u root -f "$LAB/chrony-nvr.conf" >/dev/null 2>&1 &
printf 'module(load="imudp")\ninput(type="imudp" address="10.20.0.1" port="514")\naction(type="omfile" file="%s/cameras.log")\n' "$LAB" >"$LAB/rsyslog-in.conf"
timeout 20 rsyslogd -n -i "$LAB/rsyslog-in.pid" -f "$LAB/rsyslog-in.conf"; wait; true
