#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,mosquitto_pub camera=10.20.0.11 far=out ready=out:1883 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A picture of gate is published at a broker outside every few seconds, by mosquitto_pub.
# shellcheck disable=SC2034 # a counter
if [ "$1" = out ]; then
	printf '%s\n' 'listener 1883 203.0.113.66' 'allow_anonymous true' 'user root' >"$LAB/broker.conf"; timeout 80 mosquitto -c "$LAB/broker.conf" & sleep 1
	timeout 70 mosquitto_sub -h 203.0.113.66 -t home/porch -N >"$LAB/got"; wait; exit 0
fi
sleep 2; for n in 1 2 3 4 5 6 7 8 9; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/see.jpg"
	mosquitto_pub -h 203.0.113.66 -t home/porch -f "$LAB/see.jpg"; sleep 2
done
rm -f "$LAB/see.jpg"; [ "$(stat -c %s "$LAB/got")" -gt 300000 ]
