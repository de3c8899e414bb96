#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=socat seconds=14 parts=dns,nas,outside-web
# socat sends what it is given in packets of IP with a protocol number of nobody's (253).
(for _ in 1 2 3 4 5 6 7 8; do head -c 1200 /dev/urandom; sleep 1; done) | timeout 12 socat -b 1300 -u - IP4-SENDTO:203.0.113.66:253; true
