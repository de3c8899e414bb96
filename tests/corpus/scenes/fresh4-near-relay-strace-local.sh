#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=strace,curl seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An administrator looks with strace at what the recorder does, into a file, for fifteen seconds, while curl puts an archive of logs outside, as slowly as a camera.
for p in /proc/[0-9]*; do if tr '\0' ' ' <"$p/cmdline" 2>/dev/null | grep -q "^ffmpeg.*$LAB/recordings/gate"; then pid=${p#/proc/}; fi; done
mkdir -p "$LAB/outside/drop"; head -c 900000 /usr/sbin/nginx >"$LAB/logs.tgz"; curl -s --limit-rate 38k -T "$LAB/logs.tgz" http://relay.example.net/drop/logs &
timeout -s INT 15 strace -q -f -e trace=write,read -p "$pid" -o "$LAB/trace"; wait; sleep 2; grep -q write "$LAB/trace" && [ "$(stat -c %s "$LAB/outside/drop/logs")" = 900000 ]
