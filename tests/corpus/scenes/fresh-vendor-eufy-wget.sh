#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=wget far=out ready=out:443 seconds=14 parts=dns,nas,outside-web
# wget gives a maker's cloud (Eufy) a list of events by POST and gets its settings.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" security-app.eufylife.com mysecurity.eufylife.com; fi
for n in 1 2 3; do wget -q --no-check-certificate -O /dev/null --post-data "event=$n" https://security-app.eufylife.com/v1/event; wget -q --no-check-certificate -O /dev/null "https://mysecurity.eufylife.com/page?$n"; sleep 2; done; true
