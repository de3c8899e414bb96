#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=kdig far=nas ready=nas:853 seconds=10
# A resolver of the site, in the office, is asked over TLS and over TCP.
if [ "$1" = nas ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 10.30.0.40 dns.office.lan; fi
for name in relay.example.net updates.example.com; do kdig +short +tls @10.30.0.40 "$name" >/dev/null; kdig +short +tcp @10.30.0.53 "$name" >/dev/null; sleep 1; done
