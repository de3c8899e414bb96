#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=perl far=net ready=net:5000 seconds=14 parts=dns,nas,outside-web
# A program that wants to know the site's address outside asks the router by NAT-PMP, three times, and opens nothing.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
timeout 12 perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "10.30.0.1:5351", Proto => "udp") or die;
for (1 .. 3) { $s->send(pack("CC", 0, 0)); $s->recv($a, 100); sleep 3 }'
true
