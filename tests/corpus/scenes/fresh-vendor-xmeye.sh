#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=perl far=out seconds=16 parts=dns,nas,outside-web
# A library of recorders without a brand (Xiongmai) looks for its servers by name and sends them its serial number, over UDP and TCP.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then printf '203.0.113.66 %s\n' secu100.net pub-dss-xmeye.secu100.net access-dss.secu100.net xmeye.net >"$LAB/names/xm"; timeout 30 socat -u UDP-LISTEN:8000,fork,reuseaddr /dev/null & exec timeout 30 socat TCP-LISTEN:6611,fork,reuseaddr SYSTEM:'read -r line; echo ok'; fi
sleep 2; timeout 12 perl -MIO::Socket::INET -e 'for my $n (1 .. 4) { my $u = IO::Socket::INET->new(PeerAddr => "pub-dss-xmeye.secu100.net", PeerPort => 8000, Proto => "udp"); print $u "serial 0123456789abcdef\n"; my $t = IO::Socket::INET->new("access-dss.secu100.net:6611"); print $t "where\n" if $t; sleep 2; }'
true
