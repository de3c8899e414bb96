#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud,live-relay half=report tool=ffmpeg,ncat camera=10.20.0.12 far=out ready=out:8086 seconds=45 parts=dns,camera-yard,nas,outside-web
# The picture of yard goes to a maker's cloud (Dahua) by ncat: the name is theirs, the volume is media's.
if [ "$1" = out ]; then printf '203.0.113.66 www.easy4ipcloud.com p2p-live.easy4ipcloud.com\n' >"$LAB/names/dahua"; exec timeout 70 socat -u TCP-LISTEN:8086,fork,reuseaddr /dev/null; fi
sleep 2; ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://yard.cam.lan/cam/realmonitor -t "$LAB_SECONDS" -c copy -f mpegts - | timeout 60 ncat --send-only p2p-live.easy4ipcloud.com 8086; true
