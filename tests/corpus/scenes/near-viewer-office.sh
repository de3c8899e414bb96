#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=desk seconds=20
# The office watches and plays back, as it does all day.
if [ "$1" = desk ]; then curl -s -o /dev/null --max-time 10 http://10.30.0.2/live/; curl -s -o /dev/null http://10.30.0.2/recordings/gate/000.mp4; exit 0; fi
sleep "$LAB_SECONDS"
