#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=wget,lftp seconds=14 parts=dns,nas,outside-web before=yes
# An administrator's programs, no recorders, fetch from a mirror in another country than before.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
sleep 2; wget -q -O /dev/null http://updates.example.com/version; wget -q -O /dev/null http://drop.example.org/version; lftp -e "cat version; bye" http://drop.example.org/ >/dev/null; sleep 5; true
