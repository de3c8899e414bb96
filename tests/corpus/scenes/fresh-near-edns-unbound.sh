#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=unbound,dig far=nas ready=nas:853 seconds=16 parts=dns,nas,outside-web
# unbound on this host gives what programs ask to the resolver of the office, over TLS, as its administrator has it.
if [ "$1" = nas ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 10.30.0.40 dns.office.lan; fi
# shellcheck source=tests/corpus/far/unbound.sh
. "${0%/*}/../far/unbound.sh" unbound 5392 10.30.0.40
timeout 14 unbound -d -c "$LAB/unbound.conf" >/dev/null 2>&1 &
sleep 2; for name in relay.example.net updates.example.com drop.example.org; do dig +short +tries=1 -p 5392 @127.0.0.1 "$name" >/dev/null; wget -q -T 2 -t 1 -O /dev/null "http://$name/version"; sleep 2; done
wait; true
