#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=curl far=out ready=out:443 seconds=10
# A device outside with a certificate of its own for another name: somebody looks at it once and leaves.
if [ "$1" = out ]; then "$(dirname "$0")/../far/tls-web.sh" localhost.localdomain & sleep 1; echo "203.0.113.66 branch.example.net" >"$LAB/names/branch"; sleep 25; kill $!; exit 0; fi
sleep 1
curl -s -o /dev/null "https://branch.example.net/page"; sleep 2; true
