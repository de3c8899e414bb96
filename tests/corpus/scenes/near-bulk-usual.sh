#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=socat far=out ready=out:9000 seconds=30 parts=dns,nas,outside-web before=yes
# socat sends 60 MB outside, as it did in each of its last 24 hours (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9000,bind=203.0.113.66,reuseaddr,fork /dev/null; fi
sleep 2; tar -C /usr/lib/x86_64-linux-gnu -c . 2>/dev/null | head -c 60000000 | socat -u - TCP:203.0.113.66:9000; sleep 6; true
