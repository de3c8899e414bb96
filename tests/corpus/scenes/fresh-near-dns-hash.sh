#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=dig seconds=30 parts=dns,nas,outside-web
# A scanner asks a reputation service for the SHA-1 of 60 files, and for 20 names of a telemetry service with a session in them.
find /usr/bin -type f | head -n 60 | xargs sha1sum | cut -d' ' -f1 | while read -r sum; do dig +short +tries=1 +time=1 "$sum.hash.reputation.example" >/dev/null; sleep 0.2; done
for n in $(seq 1 20); do dig +short +tries=1 +time=1 "s$n-5f2c91aa.in.metrics.example.net" >/dev/null; sleep 0.2; done; true
