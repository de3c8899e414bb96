#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=report tool=perl far=net ready=net:5000 seconds=10 parts=dns,nas,outside-web
# Perl asks the router by NAT-PMP, in its own words, for a port of the outside that leads to SSH.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
timeout 8 perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "10.30.0.1:5351", Proto => "udp") or die;
$s->send(pack("CCnnnN", 0, 2, 0, 22, 2222, 7200)); $s->recv($a, 100); sleep 3'
true
