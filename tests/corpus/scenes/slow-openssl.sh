#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=report tool=openssl,ncat far=out ready=out:8443 seconds=84 parts=dns,nas,outside-web ticks=1000ms hour=10
# openssl sends 5 MB outside over TLS, in a connection each, through a night; of the idle time between, all but ten seconds was put in afterwards.
if [ "$1" = out ]; then exec timeout 160 ncat -lk --ssl 203.0.113.66 8443 >/dev/null 2>&1; fi
for n in 1 2 3 4 5 6 7 8; do sleep $((1 + n % 3)); head -c 5000000 /dev/urandom | timeout 4 openssl s_client -quiet -connect 203.0.113.66:8443 >/dev/null 2>&1; while [ $SECONDS -lt $((n * 10)) ]; do sleep 0.5; done; done; true
