#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=dig far=out ready=out:443 seconds=14 parts=dns,nas,outside-web
# dig asks a resolver outside over HTTPS, then fetches what it was told.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 doh.example.net; fi
for name in relay.example.net updates.example.com nas.office.lan; do dig +short +tries=1 +https @doh.example.net "$name" >/dev/null; sleep 1; done
address=$(dig +short +tries=1 +https @doh.example.net relay.example.net); wget -q -O /dev/null "http://$address/version"; true
