#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=report tool=perl far=out ready=out:4500 seconds=84 parts=dns,nas,outside-web ticks=1000ms hour=10
# One program sends datagrams outside, 5 MB at a time, through a night and hears nothing; of the idle time between, all but ten seconds was put in afterwards.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then exec timeout 100 socat -u UDP-RECV:4500,bind=203.0.113.66 /dev/null; fi
perl -MIO::Socket::INET -e '$| = 1; $s = IO::Socket::INET->new(PeerAddr => "203.0.113.66:4500", Proto => "udp") or die;
for $n (1 .. 8) { sleep(2 + $n % 3); for (1 .. 4200) { $s->send("x" x 1200); select(undef, undef, undef, 0.0005) } sleep(4 - $n % 3); }'
true
