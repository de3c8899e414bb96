#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=fping seconds=24 parts=dns,nas,outside-web
# Smoke pings of monitoring: fping measures two lines with twenty pings at a time, of usual size and then of 500 bytes.
for size in 56 56 500; do fping -q -C 20 -p 200 -b $size 203.0.113.66 198.51.100.66 >/dev/null 2>&1; sleep 2; done; true
