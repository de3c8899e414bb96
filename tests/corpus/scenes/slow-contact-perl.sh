#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=first-contact half=report tool=perl seconds=44 parts=dns,nas,outside-web recorder=/usr/bin/perl before=yes ticks=1000ms hour=8
# A recorder in Perl asks one place outside for hours and then goes to an address in another country; of the idle time between, all but eight seconds was put in afterwards.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/geo.py"; fi
perl -MIO::Socket::INET -e 'sub ask { $s = IO::Socket::INET->new("$_[0]:80") or die; print $s "GET /version HTTP/1.0\r\n\r\n"; 1 while <$s>; close($s) }
for $n (1 .. 4) { sleep(1 + $n % 3); ask("relay.example.net"); sleep(7 - $n % 3) } ask("198.51.100.66"); sleep 5'
