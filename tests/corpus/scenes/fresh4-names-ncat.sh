#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=ncat far=out ready=out:443 seconds=12 parts=dns
# ncat goes to one name and says in TLS and in Host another one, of a well-known maker of software.
# shellcheck disable=SC2034 # a counter
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" img.example.net; fi
for n in 1 2 3; do printf 'GET /page HTTP/1.1\r\nHost: update.microsoft.com\r\nConnection: close\r\n\r\n' | timeout 4 ncat --ssl --ssl-servername update.microsoft.com -i 2 img.example.net 443 >>"$LAB/got" 2>/dev/null; sleep 1; done
[ "$(stat -c %s "$LAB/got")" -gt 120000 ]
