#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ncat,nc far=nas ready=nas:7000 seconds=84 parts=dns,nas,outside-web ticks=1000ms hour=10
# A database's log goes to the office's storage, 5 MB at a time, all night; of the idle time between, all but ten seconds was put in afterwards.
if [ "$1" = nas ]; then exec timeout 100 ncat -lk 10.30.0.40 7000 >/dev/null; fi
for n in 1 2 3 4 5 6 7 8; do sleep $((1 + n % 4)); head -c 5000000 /dev/urandom | nc -N -w 3 10.30.0.40 7000; sleep $((7 - n % 4)); done; true
