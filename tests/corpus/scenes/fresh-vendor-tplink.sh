#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=openssl far=out ready=out:443 seconds=14 parts=dns,nas,outside-web
# A program keeps a connection to the cloud of a maker (TP-Link) and says each few seconds that it is there.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" n-use1-wap.tplinkcloud.com; fi
sleep 1; (for n in 1 2 3 4; do printf 'GET /page?%s HTTP/1.1\r\nHost: n-use1-wap.tplinkcloud.com\r\n\r\n' $n; sleep 2; done) | timeout 12 openssl s_client -quiet -connect n-use1-wap.tplinkcloud.com:443 -servername n-use1-wap.tplinkcloud.com >/dev/null 2>&1; true
