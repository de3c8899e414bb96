#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=haproxy,curl seconds=20
# A proxy on loopback through which programs fetch pages from outside.
# shellcheck disable=SC2034
printf '%s\n' 'defaults' ' mode tcp' ' timeout connect 5s' ' timeout client 60s' ' timeout server 60s' 'listen x' ' bind 127.0.0.1:3128' ' server y 198.51.100.66:80' >"$LAB/haproxy.cfg"
timeout 18 haproxy -db -f "$LAB/haproxy.cfg" >/dev/null 2>&1 &
sleep 1
for n in 1 2 3 4 5 6 7 8; do curl -s -o /dev/null http://127.0.0.1:3128/version; sleep 1.5; done
wait; true
