#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=report tool=perl far=out seconds=24 parts=dns,nas,outside-web
# Over IPv6: perl asks in echo and answers bring a file, pieces of 1 kB; the far end's kernel is silent.
# shellcheck disable=SC2016 # perl has its own variables
sum='use Socket; sub packet { my ($type, $seq, $data) = @_; return pack("CCnnn", $type, 0, 0, 77, $seq) . $data; }'
if [ "$1" = out ]; then
	trap 'echo 0 >/proc/sys/net/ipv6/icmp/echo_ignore_all' EXIT TERM
	echo 1 >/proc/sys/net/ipv6/icmp/echo_ignore_all
	timeout 40 perl -e "$sum"'socket(S, AF_INET6, SOCK_RAW, 58) or die; open(F, "<", "/usr/bin/openssl");
while (my $peer = recv(S, my $b, 2000, 0)) { next unless ord($b) == 128; my ($seq) = unpack("x6n", $b); read(F, my $d, 1000); send(S, packet(129, $seq, $d), 0, $peer); }'
	exit 0
fi
sleep 1; timeout 20 perl -e "$sum"'socket(S, AF_INET6, SOCK_RAW, 58) or die; my $to = pack_sockaddr_in6(0, Socket::inet_pton(AF_INET6, "2001:db8::66"));
for (my $n = 0; $n < 400; $n++) { send(S, packet(128, $n, "next"), 0, $to); my $r = ""; vec($r, fileno(S), 1) = 1; recv(S, my $b, 2000, 0) if select($r, undef, undef, 0.5); select(undef, undef, undef, 0.04); }'
true
