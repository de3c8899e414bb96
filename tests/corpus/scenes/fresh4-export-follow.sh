#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=tail,socat far=out ready=out:9111 seconds=44 parts=dns,camera-gate,recorder-gate,nas,outside-web
# tail follows each recording while it is written, and socat sends what it says outside: nobody but the recorder reads the camera.
# shellcheck disable=SC2012,SC2034 # plain names, a counter
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9111,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
cd "$LAB/recordings/gate" || exit 1
for n in 1 2 3 4 5 6 7 8 9; do sleep 0.3; timeout 4.2 tail -c +1 -f -- "$(ls -t ./*.mp4 | head -1)"; done | timeout 46 socat -u - TCP:203.0.113.66:9111
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 400000 ]
