#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=snmpd far=nas seconds=15 parts=dns,nas,outside-web
# snmpd is walked by monitoring in the office.
# shellcheck disable=SC2034
if [ "$1" = nas ]; then sleep 3; for n in 1 2 3; do snmpwalk -v2c -c public 10.30.0.2 .1.3.6.1.2.1 >/dev/null 2>&1; sleep 2; done; exit 0; fi
echo "rocommunity public" >"$LAB/snmpd.conf"
timeout 15 snmpd -f -C -c "$LAB/snmpd.conf" -Lo udp:10.30.0.2:161 >/dev/null 2>&1; true
