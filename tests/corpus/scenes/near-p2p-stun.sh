#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=turnutils_stunclient far=out ready=out:3478 seconds=10
# An administrator looks which address the site has outside: STUN, three times.
# shellcheck disable=SC2034
if [ "$1" = out ]; then exec timeout 50 turnserver -n -L 203.0.113.66 -p 3478 -a -u lab:lab -r lab --no-cli --no-tls --no-dtls --allow-loopback-peers --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid"; fi
for n in 1 2 3; do turnutils_stunclient 203.0.113.66 >/dev/null 2>&1; sleep 1; done; true
