#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=gawk,dash far=nas ready=nas:2003 seconds=20 parts=dns
# gawk tells the office's collector every two seconds, over one connection, what df and uptime say, and is told how much came.
# shellcheck disable=SC2016 # awk has its own variables
if [ "$1" = nas ]; then exec timeout 30 gawk -v file="$LAB/heard" 'BEGIN { s = "/inet/tcp/2003/0/0"; while ((s |& getline l) > 0) { print l >file; fflush(file); if (l == "end") print ++n |& s } }'; fi
timeout 18 gawk 'BEGIN { s = "/inet/tcp/0/10.30.0.40/2003"; for (n = 0; n < 8; n++) { for (c in q) delete q[c]; q["df -k /"]; q["uptime"];
for (c in q) { while ((c | getline l) > 0) print l |& s; close(c) } print "end" |& s; s |& getline got; system("sleep 2") } }'
grep -q Filesystem "$LAB/heard" && [ "$(grep -c '^end' "$LAB/heard")" = 8 ]
