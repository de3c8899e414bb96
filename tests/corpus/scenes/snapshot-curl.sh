#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=tune tool=ffmpeg,curl camera=10.20.0.11 seconds=40
# Every five seconds one picture of gate is put outside.
for n in 1 2 3 4 5 6 7; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/snap.jpg" && curl -s -o /dev/null -T "$LAB/snap.jpg" "http://drop.example.org/drop/$$-$n.jpg"
	sleep 3
done
rm -f "$LAB/snap.jpg"
