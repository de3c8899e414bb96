#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=socat,dig far=out ready=out:853 seconds=14 parts=dns,nas,outside-web
# socat takes questions over TCP on loopback and carries them in TLS to port 853 of a resolver outside; dig asks it.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/resolver.sh" 203.0.113.66 ns.example.net; fi
timeout 12 socat TCP-LISTEN:5391,bind=127.0.0.1,reuseaddr,fork OPENSSL:ns.example.net:853,verify=0 2>/dev/null &
sleep 1; for name in relay.example.net updates.example.com drop.example.org; do dig +short +tries=1 +tcp -p 5391 @127.0.0.1 "$name" >/dev/null; sleep 2; done
wait; true
