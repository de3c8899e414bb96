#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=mosquitto_pub far=out ready=out:1883 seconds=12
# State goes to the cloud of a maker of modules that many cameras have (Tuya), over MQTT.
if [ "$1" = out ]; then
	echo "203.0.113.66 m1.tuyaeu.com" >"$LAB/names/tuya"
	printf '%s\n' "listener 1883 203.0.113.66" "allow_anonymous true" >"$LAB/mosquitto.conf"
	exec timeout 30 mosquitto -c "$LAB/mosquitto.conf"
fi
for n in 1 2 3; do mosquitto_pub -h m1.tuyaeu.com -t "smart/device/out/1" -m "state $n"; sleep 2; done
