#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=tune tool=ffmpeg,mosquitto_pub camera=10.20.0.11 far=out ready=out:1883 seconds=30
# Pictures of gate go to a broker outside by MQTT.
# shellcheck disable=SC2034
if [ "$1" = out ]; then printf '%s\n' "listener 1883 203.0.113.66" "allow_anonymous true" >"$LAB/mosquitto.conf"; exec timeout 50 mosquitto -c "$LAB/mosquitto.conf"; fi
for n in 1 2 3 4 5 6; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/snap.jpg"
	mosquitto_pub -h relay.example.net -t "cam/gate" -f "$LAB/snap.jpg"; sleep 2
done
rm -f "$LAB/snap.jpg"; true
