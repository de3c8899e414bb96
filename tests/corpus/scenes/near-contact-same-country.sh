#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3 far=out seconds=14 parts=dns,nas,outside-web recorder=/usr/bin/python3.11 before=yes
# A recorder's update moved to another name at the same operator, in the same country.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
if [ "$1" = out ]; then echo '203.0.113.66 release.vendor-updates.example' >"$LAB/names/moved"; sleep 20; exit 0; fi
sleep 3; python3 -c 'import urllib.request
for n in range(3): urllib.request.urlopen(f"http://release.vendor-updates.example/version?{n}").read()'; sleep 4; true
