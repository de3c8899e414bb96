#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=first-contact half=report tool=socat seconds=14 parts=dns,nas,outside-web recorder=/usr/bin/socat before=yes
# A recorder's socat sends some datagrams to a host over IPv6 in a new country; nobody answers.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
sleep 2; for n in 1 2 3; do echo "hello $n" | timeout 2 socat - "UDP6:[2001:db8::66]:40000"; sleep 1; done; sleep 3; true
