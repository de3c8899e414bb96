#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl camera=10.20.0.11 seconds=20
# Monitoring asks the cameras whether they are there: HTTP, no picture.
# shellcheck disable=SC2034
for n in 1 2 3 4 5 6; do
	curl -s -o /dev/null --max-time 2 http://gate.cam.lan/ ; curl -s -o /dev/null --max-time 2 http://door.cam.lan/
	sleep 2
done
true
