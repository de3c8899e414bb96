#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=dig far=out ready=out:53 seconds=24 parts=dns
# An administrator compares what a public resolver outside says for 50 names, with the site's net, a cookie and NSID in options of EDNS, with what the site's own says.
if [ "$1" = out ]; then exec timeout 40 dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces --listen-address=203.0.113.66 --address=/#/198.51.100.80; fi
sleep 1; got=0; for n in $(seq 50); do name=cdn$n.content.example.org; dig +short +subnet=192.0.2.0/24 +nsid +cookie +tries=1 @203.0.113.66 "$name" | grep -q 198.51 && got=$((got + 1)); dig +short "$name" >/dev/null; sleep 0.1; done; [ "$got" -gt 45 ]
