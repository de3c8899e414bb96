#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=report tool=natpmpc far=net ready=net:5000 seconds=12
# natpmpc asks the same by NAT-PMP.
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
ip route replace 239.255.255.250/32 dev off
natpmpc -g 10.30.0.1 -a 8081 80 tcp 3600 >/dev/null 2>&1
sleep 3
ip route del 239.255.255.250/32 dev off; true
