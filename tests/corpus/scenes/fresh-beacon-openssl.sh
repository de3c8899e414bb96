#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=openssl far=out ready=out:443 seconds=55 parts=dns,nas,outside-web
# Every four seconds, a tenth more or less, a new TLS connection with a few bytes in it.
if [ "$1" = out ]; then exec timeout 75 "$(dirname "$0")/../far/tls-web.sh" edge.example.net; fi
end=$((SECONDS + 53))
while [ $SECONDS -lt $end ]; do printf 'GET /page HTTP/1.0\r\n\r\n' | timeout 2 openssl s_client -quiet -connect edge.example.net:443 >/dev/null 2>&1; sleep $((3 + RANDOM % 2)).$((RANDOM % 10)); done; true
