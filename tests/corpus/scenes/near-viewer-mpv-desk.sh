#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=nginx far=desk seconds=20
# The office plays the live picture with mpv.
if [ "$1" = desk ]; then exec timeout 18 mpv --no-config --vo=null --ao=null --really-quiet http://10.30.0.2/live/; fi
sleep "$LAB_SECONDS"
