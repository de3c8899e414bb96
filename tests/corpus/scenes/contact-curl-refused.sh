#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=first-contact half=report tool=curl seconds=14 parts=dns,nas,outside-web recorder=/usr/bin/curl before=yes
# A recorder's curl tries a port of a host in a new country, which is refused; it went elsewhere before.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
sleep 2; for n in 1 2 3; do curl -s -o /dev/null -m 2 "http://198.51.100.66:8081/$n"; sleep 1; done; sleep 3; true
