#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=mosquitto_sub far=nas ready=nas:1883 seconds=15 parts=dns,nas,outside-web
# Alarms go to a broker of the building and come back.
if [ "$1" = nas ]; then printf '%s\n' "listener 1883 10.30.0.40" "allow_anonymous true" >"$LAB/mosquitto.conf"; exec timeout 50 mosquitto -c "$LAB/mosquitto.conf"; fi
timeout 14 mosquitto_sub -h 10.30.0.40 -t alarm >/dev/null & sleep 1
for n in 1 2 3 4 5; do mosquitto_pub -h nas.office.lan -t alarm -m "motion $n"; sleep 2; done; wait; true
