#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=out ready=out:443 seconds=8
# Somebody reads the pages of makers for a manual.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" www.hikvision.com www.axis.com; fi
for n in 1 2; do curl -s -k -o /dev/null "https://www.hikvision.com/page?$n"; curl -s -k -o /dev/null "https://www.axis.com/page?$n"; sleep 1; done; true
