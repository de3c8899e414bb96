#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=curl far=out ready=out:443 seconds=10
# curl goes to one name and says another, TLS 1.3 alone: SNI that is meant for who filters.
if [ "$1" = out ]; then export TLS_PROTOCOLS=TLSv1.3; exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" files.example.net; fi
for n in 1 2 3; do curl -s -k -o /dev/null --connect-to "www.wikipedia.org:443:files.example.net:443" "https://www.wikipedia.org/page?$n"; sleep 1; done; true
