#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=perl far=out seconds=60 parts=dns,nas,outside-web
# From one socket a datagram each 4 s, a fifth more or less, that looks like the start of QUIC; one in two is answered.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then exec timeout 80 perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "198.51.100.66", LocalPort => 443, Proto => "udp") or die; while ($s->recv($d, 2000)) { $s->send("ok" x 20) if $n++ % 2; }'; fi
timeout 58 perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "198.51.100.66", PeerPort => 443, Proto => "udp"); for (;;) { send($s, "\xc0\0\0\0\1" . "x" x (60 + rand 40), 0); select(undef, undef, undef, 3.2 + rand 1.6); }'
true
