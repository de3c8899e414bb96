#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=unbound,dig far=out ready=out:853 seconds=18 parts=dns,nas,outside-web
# unbound on this host asks a resolver outside over TLS, as the administrator has declared it.
# config:   - {{to: 203.0.113.66, port: 853, why: resolver of our provider}}
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 dns.example.net; fi
# shellcheck source=tests/corpus/far/unbound.sh
. "${0%/*}/../far/unbound.sh" unbound-out 5393 203.0.113.66
timeout 15 unbound -d -c "$LAB/unbound-out.conf" >/dev/null 2>&1 &
sleep 2; for name in relay.example.net updates.example.com drop.example.org; do dig +short +tries=1 -p 5393 @127.0.0.1 "$name" >/dev/null; sleep 2; done
wait; true
