#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer half=report tool=node far=out services=nvr:8095 seconds=50 parts=dns,camera-yard recorder=/usr/bin/node
# A recorder in node reads yard and shows it to who comes, as it has since its start; the router lets the outside in, and somebody there watches yard with wget.
if [ "$1" = services ]; then exec node "$(dirname "$0")/../far/vms.js" "$LAB/recordings" 100 yard=10.20.0.12/cam/realmonitor http:10.30.0.2:8095; fi
if [ "$1" = out ]; then sleep 6; timeout 36 wget -q -O "$LAB/got" http://10.30.0.2:8095/yard; exit 0; fi
sleep 46; [ "$(stat -c %s "$LAB/got")" -gt 800000 ]
