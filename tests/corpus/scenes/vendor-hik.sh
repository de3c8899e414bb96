#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=tune tool=curl far=out ready=out:443 seconds=10
# A program asks a cloud of a maker of cameras (Hikvision) for its devices, over TLS.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" dev.hik-connect.com; fi
for n in 1 2 3; do curl -s -k -o /dev/null "https://dev.hik-connect.com/page?$n"; sleep 2; done; true
