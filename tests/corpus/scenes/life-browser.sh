#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=out ready=out:443 seconds=16 parts=dns,nas,outside-web
# An administrator reads three pages on the server: names, pages over TLS in several connections, a download.
if [ "$1" = out ]; then exec timeout 40 "$(dirname "$0")/../far/tls-web.sh" www.wiki.example.net static.wiki.example.net img.wiki.example.net; fi
for n in 1 2 3; do for h in www static img; do curl -s -k -o /dev/null "https://$h.wiki.example.net/page?$n" & done; wait; sleep "$((n * 2))"; done
