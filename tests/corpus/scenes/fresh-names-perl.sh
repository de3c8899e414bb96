#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=perl seconds=12 parts=dns,nas,outside-web
# Perl resolves one name and tells the server another one in Host, which nobody resolved.
# shellcheck disable=SC2016 # perl has its own variables
timeout 11 perl -MIO::Socket::INET -e 'for $n (1 .. 4) { $s = IO::Socket::INET->new("relay.example.net:80") or die;
print $s "GET /version?$n HTTP/1.1\r\nHost: static.img-store.com\r\nConnection: close\r\n\r\n"; 1 while <$s>; close($s); sleep 2 }'
true
