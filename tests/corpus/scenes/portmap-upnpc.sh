#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=tune tool=upnpc far=net ready=net:5000 seconds=12
# upnpc asks the router of the site to send a port of the outside to the web front end.
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
ip route replace 239.255.255.250/32 dev off
upnpc -e web -a 10.30.0.2 80 8080 TCP >/dev/null 2>&1
sleep 3
ip route del 239.255.255.250/32 dev off; true
