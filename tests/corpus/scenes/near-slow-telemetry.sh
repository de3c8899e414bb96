#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=wget seconds=84 parts=dns,nas,outside-web ticks=1000ms hour=10
# An agent tells its maker's server now and then how the disks are, 300 kB each time, all night; of the idle time between, all but ten seconds was put in afterwards.
head -c 300000 /usr/bin/wget >"$LAB/disks"
for n in 1 2 3 4 5 6 7 8; do sleep $((1 + n % 4)); wget -q -O /dev/null --method=PUT --body-file="$LAB/disks" "http://relay.example.net/drop/disks$n"; sleep $((8 - n % 4)); done; true
