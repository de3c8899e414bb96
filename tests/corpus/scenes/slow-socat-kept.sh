#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=report tool=socat far=out ready=out:7000 seconds=84 parts=dns,nas,outside-web ticks=1000ms hour=10
# socat keeps one connection to outside through a night, into which 4.5 MB go at a time; of the idle time between, all but ten seconds was put in afterwards.
if [ "$1" = out ]; then exec timeout 100 nc -l 203.0.113.66 7000 >/dev/null; fi
(for n in 1 2 3 4 5 6 7 8; do sleep $((2 + n % 3)); head -c 4500000 /dev/urandom; sleep $((8 - n % 3)); done) | socat -u - TCP:203.0.113.66:7000; true
