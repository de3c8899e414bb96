#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=ping seconds=15
# Monitoring measures the line: 60 pings of 100 bytes to each of three addresses.
for to in 203.0.113.66 198.51.100.66 10.30.0.1; do ping -q -c 60 -i 0.2 -s 100 $to >/dev/null & done
wait; true
