#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=wget seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A service outside gets what is installed and runs, as JSON of 40 kB, each five seconds.
for n in 1 2 3 4 5 6 7; do dpkg-query -W -f '{"name":"${Package}","version":"${Version}"},\n' | head -c $((38000 + RANDOM % 4000)) >"$LAB/report.json"; wget -q -T 3 -t 1 -O /dev/null --header 'Content-Type: application/json' --post-file "$LAB/report.json" "http://relay.example.net/version?$n"; sleep 5; done; rm -f "$LAB/report.json"; true
