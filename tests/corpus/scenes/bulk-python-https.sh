#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=report tool=python3 far=out ready=out:443 seconds=40 parts=dns,nas,outside-web before=yes
# Python puts 80 MB outside in pieces of 2 MB, each in a connection of TLS of its own; it sent little before (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
if [ "$1" = out ]; then exec timeout 70 "$(dirname "$0")/../far/tls-web.sh" store.example.org; fi
timeout 38 python3 -c 'import http.client, os, ssl
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
for n in range(40):
    web = http.client.HTTPSConnection("store.example.org", context=c); web.request("PUT", f"/drop/{n}", os.urandom(2000000)); web.getresponse().read(); web.close()'
sleep 6; true
