#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=perl far=out ready=out:123 seconds=70 parts=dns,outside-web
# A small keeper of time in Perl asks a server outside each five seconds how late it is, as RFC 4330 says, and writes down by how much it is off.
# shellcheck disable=SC2016 # perl has its own variables
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
if [ "$1" = out ]; then echo '203.0.113.66 time.example.org' >"$LAB/names/time"; clock_serve 203.0.113.66 90; fi
sleep 1; timeout 66 perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => "time.example.org:123", Proto => "udp") or die; $| = 1;
for (1 .. 12) { send($s, pack("C", 0x23) . "\0" x 47, 0); my $r = ""; vec($r, fileno($s), 1) = 1; if (select($r, undef, undef, 2)) { recv($s, my $d, 100, 0); print length($d), " ", unpack("N", substr($d, 40, 4)) - 2208988800 - time, "\n"; } sleep 5; }' >"$LAB/off"
[ "$(grep -c '^48 ' "$LAB/off")" -ge 10 ]
