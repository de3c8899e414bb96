#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=upnpc far=net ready=net:5000 seconds=12
# An inventory looks which routers there are, what their address outside is, and which ports are open.
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
ip route replace 239.255.255.250/32 dev off
upnpc -s >/dev/null 2>&1; upnpc -l >/dev/null 2>&1; natpmpc -g 10.30.0.1 >/dev/null 2>&1
sleep 1
ip route del 239.255.255.250/32 dev off; true
