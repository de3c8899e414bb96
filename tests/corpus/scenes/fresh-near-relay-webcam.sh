#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg far=out ready=out:8090 seconds=32 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The recorder keeps a public camera, too: a stream comes in from outside, and nothing leaves.
if [ "$1" = out ]; then exec timeout 50 ffmpeg -nostdin -loglevel error -re -f lavfi -i testsrc=size=320x240:rate=8 -c:v libx264 -preset ultrafast -tune zerolatency -b:v 300k -g 16 -f mpegts -listen 1 http://203.0.113.66:8090/; fi
ffmpeg -nostdin -loglevel error -i http://203.0.113.66:8090/ -t 25 -c copy -f mpegts -y "$LAB/recordings/public.ts"; rm -f "$LAB/recordings/public.ts"; true
