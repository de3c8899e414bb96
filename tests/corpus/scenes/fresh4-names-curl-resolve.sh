#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=curl far=out ready=out:443 seconds=14 parts=dns
# curl is told the address itself (--resolve) and says the name of a well-known store of programs, which nobody asked for, in TLS and in Host.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" vps7.example.net; fi
got=0; for n in 1 2 3; do [ "$(curl -s -k --resolve objects.githubusercontent.com:443:203.0.113.66 "https://objects.githubusercontent.com/page?$n" | wc -c)" = 60000 ] && got=$((got + 1)); sleep 2; done; [ "$got" = 3 ]
