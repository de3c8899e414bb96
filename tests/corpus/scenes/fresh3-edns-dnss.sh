#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=tune tool=dnss,dig far=out ready=out:443 seconds=16 parts=dns,outside-web
# dnss listens on loopback and passes what programs ask to a resolver outside, over HTTPS.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 doh.example.net; fi
sleep 1; timeout 13 dnss -enable_dns_to_https -dns_listen_addr=127.0.0.1:5399 -https_upstream=https://doh.example.net/dns-query -https_client_cafile="$LAB/resolver/cert.pem" -fallback_upstream=10.30.0.53:53 >/dev/null 2>&1 &
sleep 2; ok=0
for name in relay.example.net updates.example.com nas.office.lan; do [ -n "$(dig +short +tries=1 -p 5399 @127.0.0.1 "$name")" ] && ok=$((ok + 1)); sleep 2; done
wait; [ $ok = 3 ]
