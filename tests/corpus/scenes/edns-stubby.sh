#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=stubby,dig far=out ready=out:853 seconds=14
# stubby listens on loopback and passes what programs ask to a resolver outside, over TLS.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 dns.example.net; fi
cat >"$LAB/stubby.yml" <<END
resolution_type: GETDNS_RESOLUTION_STUB
dns_transport_list: [GETDNS_TRANSPORT_TLS]
tls_authentication: GETDNS_AUTHENTICATION_NONE
listen_addresses: [127.0.0.1@5399]
upstream_recursive_servers:
  - address_data: 203.0.113.66
END
timeout 12 stubby -C "$LAB/stubby.yml" >/dev/null 2>&1 &
sleep 2
for name in relay.example.net updates.example.com drop.example.org; do dig +short +tries=1 -p 5399 @127.0.0.1 "$name" >/dev/null; sleep 2; done
wait; true
