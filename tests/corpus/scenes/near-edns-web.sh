#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=curl far=out ready=out:443 seconds=10
# Pages are read over HTTP/2 and TLS from a host with an ordinary name.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" www.example.net; fi
for n in 1 2 3 4; do curl -s -k -o /dev/null "https://www.example.net/page?$n"; sleep 1.5; done; true
