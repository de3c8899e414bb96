#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,openssl far=out ready=out:443 seconds=12 parts=dns,nas,outside-web
# A certificate is renewed by ACME: a key, some requests over TLS, a challenge that is fetched from outside.
if [ "$1" = out ]; then (sleep 7; for n in 1 2 3; do curl -s -o /dev/null --max-time 2 http://10.30.0.2/.well-known/acme-challenge/x; done) & exec timeout 40 "$(dirname "$0")/../far/tls-web.sh" acme.ca.example.net; fi
openssl req -new -newkey rsa:2048 -nodes -subj /CN=nvr.example.net -keyout "$LAB/new.key" -out "$LAB/new.csr" 2>/dev/null
for n in directory new-nonce new-order authz chall finalize; do curl -s -k -o /dev/null --data-binary @"$LAB/new.csr" "https://acme.ca.example.net/$n"; sleep 1; done; sleep 3; true
