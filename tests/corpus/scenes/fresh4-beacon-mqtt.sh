#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=mosquitto_sub far=out ready=out:1883 seconds=85 parts=dns
# mosquitto_sub waits at a broker outside for orders: a ping of MQTT each five seconds, and now and then a word.
if [ "$1" = out ]; then
	printf '%s\n' 'listener 1883 203.0.113.66' 'allow_anonymous true' 'user root' >"$LAB/broker.conf"; timeout 100 mosquitto -c "$LAB/broker.conf" & sleep 20
	for word in whoami uptime; do mosquitto_pub -h 203.0.113.66 -t o/7 -m "$word"; sleep 31; done; wait; exit 0
fi
sleep 1; timeout 80 mosquitto_sub -h 203.0.113.66 -i a7 -k 5 -t 'o/#' >"$LAB/orders"; grep -q uptime "$LAB/orders"
