#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3 far=desk seconds=18 parts=dns,nas,outside-web
# An administrator gives a colleague in the office a file with Python's web server, and ends it again.
if [ "$1" = desk ]; then sleep 4; for n in 1 2; do curl -s -o /dev/null --max-time 3 "http://10.30.0.2:8000/list?$n"; sleep 2; done; exit 0; fi
mkdir -p "$LAB/shown" && ls -l /etc >"$LAB/shown/list"
timeout 15 python3 -m http.server --bind 10.30.0.2 --directory "$LAB/shown" 8000 >/dev/null 2>&1; true
