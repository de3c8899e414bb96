#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=tune tool=kdig far=out ready=out:853 seconds=10
# kdig asks a resolver outside over TLS.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 dns.example.net; fi
for name in relay.example.net updates.example.com drop.example.org; do kdig +short +tls @203.0.113.66 "$name" >/dev/null; sleep 1; done
