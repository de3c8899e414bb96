#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=gnutls-cli far=out ready=out:443 seconds=16 parts=dns,nas,outside-web
# A program registers at a maker's service for cameras behind routers (Axis) and keeps the connection.
if [ "$1" = out ]; then exec timeout 40 "$(dirname "$0")/../far/tls-web.sh" dispatchse1-st.axis.com dispatchus1-st.axis.com; fi
sleep 2; (for n in 1 2 3 4; do printf 'GET /page?%s HTTP/1.1\r\nHost: dispatchse1-st.axis.com\r\n\r\n' $n; sleep 2; done) | timeout 12 gnutls-cli --insecure --no-ocsp dispatchse1-st.axis.com:443 >"$LAB/said" 2>&1
[ "$(stat -c %s "$LAB/said")" -gt 100000 ]
