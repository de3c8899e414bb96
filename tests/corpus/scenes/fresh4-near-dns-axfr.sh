#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=dig far=out ready=out:53 seconds=20 parts=dns
# An administrator has dig copy the company's zone, of 400 names, from its server outside over TCP, and looks up ten of them.
if [ "$1" = out ]; then
	printf '%s\n' 'example.org. 60 IN SOA ns.example.org. h.example.org. 1 60 60 60 60' >"$LAB/zone"
	mapfile -t hosts < <(seq -f '--host-record=h%g.example.org,198.51.100.7' 400)
	exec timeout 34 dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces --listen-address=203.0.113.66 --auth-server=ns.example.org,203.0.113.66 --auth-zone=example.org,198.51.100.0/24 --auth-sec-servers=ns2.example.org --auth-peer=0.0.0.0 "${hosts[@]}"
fi
sleep 1; for n in 1 2; do timeout 6 dig +tcp axfr example.org @203.0.113.66 >"$LAB/zone$n"; for k in 1 2 3 4 5; do dig +short "h$k$n.example.org" @203.0.113.66 >>"$LAB/said"; done; sleep 3; done; [ "$(grep -c 198.51.100.7 "$LAB/said")" -ge 10 ]
