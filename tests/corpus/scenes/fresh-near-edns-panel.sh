#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=out ready=out:443 seconds=12 parts=dns,nas,outside-web
# An administrator changes the zone of the company at its provider, whose pages have a name with dns in it.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" dns-console.provider.example.net; fi
for n in 1 2 3; do curl -s -k -o /dev/null "https://dns-console.provider.example.net/page?$n"; sleep 2; done; true
