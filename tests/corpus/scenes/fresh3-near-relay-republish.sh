#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=cvlc,setpriv far=desk services=nvr:8554 seconds=36 parts=dns,camera-door,recorder-door,nas,outside-web
# VLC gives the live picture that motion has to the office on a port of its own; a desk watches while wget brings a large update from outside, as slowly as a camera.
if [ "$1" = services ]; then HOME=/nonexistent exec timeout 100 setpriv --reuid=65534 --regid=65534 --clear-groups cvlc -q -I dummy --no-audio http://127.0.0.1:8081/ --sout '#std{access=http,mux=mpjpeg,dst=10.30.0.2:8554/}' --sout-keep >/dev/null 2>&1; fi
if [ "$1" = desk ]; then mkdir -p "$LAB/desk"; exec timeout 34 curl -s -o "$LAB/desk/see.mjpeg" --max-time 32 http://10.30.0.2:8554/; fi
head -c 4000000 /usr/lib/x86_64-linux-gnu/libcrypto.so.3 >"$LAB/outside/drop/update.bin"; sleep 5
timeout 27 wget -q -O /dev/null --limit-rate=60k http://updates.example.com/drop/update.bin; sleep 4; [ "$(stat -c %s "$LAB/desk/see.mjpeg")" -gt 500000 ]
