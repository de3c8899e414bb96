#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=blind-spot half=tune tool=perl far=nas ready=nas:7000 seconds=14 parts=dns,nas,outside-web
# The observer has the least buffer that may be configured and gets no processor for four seconds, in which Perl makes 400 connections.
# config: limits: {{ring_bytes: 65536}}
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = nas ]; then exec timeout 30 ncat -lk -m 2000 10.30.0.40 7000 >/dev/null; fi
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(kill -STOP "$watch"; sleep 4; kill -CONT "$watch") &
timeout 6 perl -MIO::Socket::INET -e 'for (1 .. 400) { $s = IO::Socket::INET->new("10.30.0.40:7000") or next; print $s "x" x 300; close($s) }'
wait; sleep 4; true
