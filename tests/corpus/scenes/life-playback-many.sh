#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nginx far=desk seconds=10
# Three people in the office play back at once, over IPv4 and IPv6.
if [ "$1" = desk ]; then for n in 000 001 002 003; do for h in 10.30.0.2 "[fd00:30::2]" nvr.office.lan; do curl -s -o /dev/null "http://$h/recordings/gate/$n.mp4" & done; wait; sleep 1; done; exit 0; fi
sleep 8
