#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=curl far=out ready=out:443 seconds=12
# curl asks names over HTTPS and fetches two pages.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 dns.example.net; fi
for name in relay.example.net updates.example.com; do curl -s -k --doh-insecure -o /dev/null --doh-url https://dns.example.net/dns-query "http://$name/version"; sleep 2; done
true
