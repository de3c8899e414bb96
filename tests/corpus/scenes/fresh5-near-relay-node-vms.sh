#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=node,curl far=desk seconds=50 parts=dns,camera-gate,camera-yard,camera-door,outside-web recorder=/usr/bin/node
# A recorder in node reads three cameras in one process and keeps them; a desk in the office watches yard from it, and the server brings an update of 2 MB from its maker meanwhile.
if [ "$1" = desk ]; then sleep 8; exec timeout 34 curl -sN -o "$LAB/got" http://10.30.0.2:8095/yard; fi
head -c 2000000 /dev/urandom >"$LAB/outside/update.bin"; (sleep 15; curl -s --limit-rate 90k -o "$LAB/update.bin" http://updates.example.com/update.bin) &
node "$(dirname "$0")/../far/vms.js" "$LAB/recordings" 46 gate=10.20.0.11/Streaming/Channels/101 yard=10.20.0.12/cam/realmonitor door=10.20.0.13/axis-media/media.amp http:10.30.0.2:8095
wait; [ "$(stat -c %s "$LAB/got")" -gt 800000 ] && [ "$(stat -c %s "$LAB/update.bin")" = 2000000 ]
