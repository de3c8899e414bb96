#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nginx far=out seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web,web
# A service outside looks each two seconds whether the web front end answers, and how the list of recordings is.
if [ "$1" = out ]; then for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do wget -q -T 2 -t 1 -O /dev/null "http://10.30.0.2/recordings/?$n"; lynx -head -dump http://10.30.0.2/ >/dev/null 2>&1; sleep 2; done; exit 0; fi
sleep 38
