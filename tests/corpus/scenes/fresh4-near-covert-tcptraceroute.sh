#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=tcptraceroute,traceroute seconds=24 parts=dns,outside-web
# An administrator looks where the way to an update server ends: by SYN to its port, by UDP, and once more.
# shellcheck disable=SC2034 # a counter
sleep 1; got=0; for n in 1 2 3; do timeout 6 traceroute.db -T -p 80 -n -m 4 -w 1 198.51.100.66 2>/dev/null | grep -q '198.51.100.66 .*ms' && got=$((got + 1)); timeout 6 traceroute.db -n -m 4 -w 1 198.51.100.66 >/dev/null; sleep 1; done
timeout 8 tcptraceroute -n -m 4 -w 1 198.51.100.66 80 >/dev/null 2>&1; sleep 2; [ "$got" = 3 ]
