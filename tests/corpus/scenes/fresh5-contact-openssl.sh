#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=first-contact half=report tool=openssl far=out ready=out:443 seconds=16 parts=dns,outside-web recorder=/usr/bin/openssl before=yes
# A recorder's openssl, which went to one place outside for as long as it is known (rows of an earlier session), speaks TLS with a machine in another country.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 30 openssl s_server -quiet -www -accept 198.51.100.66:443 -key "$LAB/b.key" -cert "$LAB/b.pem"
fi
sleep 2; printf 'GET / HTTP/1.0\r\n\r\n' | timeout 6 openssl s_client -quiet -connect 198.51.100.66:443 2>/dev/null >"$LAB/got"; sleep 5; grep -q 'HTTP/1.0 200' "$LAB/got"
