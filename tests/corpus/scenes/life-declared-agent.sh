#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=openssl far=out ready=out:443 seconds=45 parts=dns,nas,outside-web
# An agent tells a monitoring service outside each three seconds how it is, over TLS; the service is declared in allowed.
# config:   - {{to: collect.example.net, port: 443, why: monitoring service}}
if [ "$1" = out ]; then exec timeout 70 "$(dirname "$0")/../far/tls-web.sh" collect.example.net; fi
end=$((SECONDS + 42))
while [ $SECONDS -lt $end ]; do printf 'GET /page HTTP/1.0\r\n\r\n' | timeout 2 openssl s_client -quiet -connect collect.example.net:443 >/dev/null 2>&1; sleep 3; done; true
