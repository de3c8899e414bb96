#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=ffmpeg far=out ready=out:1936 seconds=56 parts=dns,camera-gate,recorder-gate
# Another ffmpeg plays four recordings of gate as if they were live and pushes them to an RTMP server outside.
if [ "$1" = out ]; then
	timeout 80 "$(dirname "$0")/../far/rtmp.sh" 203.0.113.66:1936 & sleep 20; timeout 50 ffmpeg -nostdin -loglevel error -i rtmp://203.0.113.66:1936/live/x -c copy "$LAB/got.flv"; wait; exit 0
fi
sleep 18; for n in 0 1 2 3; do echo "file '$LAB/recordings/gate/00$n.mp4'"; done >"$LAB/list"
timeout 34 ffmpeg -nostdin -loglevel error -re -f concat -safe 0 -i "$LAB/list" -c copy -f flv rtmp://relay.example.net:1936/live/x; sleep 2; [ "$(stat -c %s "$LAB/got.flv")" -gt 400000 ]
