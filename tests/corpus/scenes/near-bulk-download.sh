#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,wget seconds=30 parts=dns,nas,outside-web before=yes
# Two images of a system, 150 MB, are fetched from outside by programs that fetched little before (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
tar -C /usr/lib/x86_64-linux-gnu -c . 2>/dev/null | head -c 75000000 >"$LAB/outside/image"; sleep 1
curl -s -o /dev/null --limit-rate 10m http://relay.example.net/image; wget -q -O /dev/null --limit-rate 10m http://relay.example.net/image; sleep 5; true
