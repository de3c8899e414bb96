#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=kdig far=out ready=out:443 seconds=12
# DNS over HTTPS to a resolver whose name is an ordinary one.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 static.example.net; fi
for name in relay.example.net updates.example.com drop.example.org; do kdig +short +https=static.example.net/dns-query @203.0.113.66 "$name" >/dev/null; sleep 2; done
