#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=curl far=out ready=out:443 seconds=14 parts=dns,nas,outside-web
# The recorder's own cloud, of a maker, which the site has bought and declared: it asks for its licence and its devices.
# config:   - {{to: "*.hik-connect.com", port: 443, why: the maker's cloud is in use here}}
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" dev.hik-connect.com; fi
for n in 1 2 3 4; do curl -s -k -o /dev/null "https://dev.hik-connect.com/page?$n"; sleep 2; done; true
