#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=rsync,curl seconds=30 parts=dns,nas,outside-web before=yes
# 120 MB of programs go to the NAS of the office, and 12 MB outside, from programs with a quiet past (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
tar -C /usr/lib/x86_64-linux-gnu -c . 2>/dev/null | head -c 120000000 >"$LAB/backup"; rsync --bwlimit=12000 "$LAB/backup" rsync://10.30.0.40/recordings/
head -c 12000000 "$LAB/backup" | curl -s -o /dev/null -T - http://relay.example.net/drop/part; rm -f "$LAB/backup"; sleep 5; true
