#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=haproxy,busybox camera=10.20.0.11 far=desk services=nvr:8443 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# haproxy has stood before the server's pages since its start, with TLS; a desk in the office plays recordings by it, while the server brings an update from outside.
if [ "$1" = services ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=nvr -keyout "$LAB/h.key" -out "$LAB/h.crt" 2>/dev/null; cat "$LAB/h.crt" "$LAB/h.key" >"$LAB/h.pem"
	timeout 90 busybox httpd -f -p 127.0.0.1:8079 -h "$LAB/recordings" & printf '%s\n' defaults ' mode http' ' timeout connect 5s' ' timeout client 60s' ' timeout server 60s' 'listen see' " bind 10.30.0.2:8443 ssl crt $LAB/h.pem" ' server web 127.0.0.1:8079' >"$LAB/ha.cfg"
	exec timeout 90 haproxy -db -f "$LAB/ha.cfg" >/dev/null 2>&1
fi
if [ "$1" = desk ]; then sleep 10; for n in 0 1 2 3 4; do curl -s -k --limit-rate 60k "https://10.30.0.2:8443/gate/00$n.mp4" >>"$LAB/seen"; sleep 1; done; exit 0; fi
mkdir -p "$LAB/outside/drop"; head -c 2000000 /dev/urandom >"$LAB/outside/drop/update"; sleep 8; curl -s -o /dev/null --limit-rate 80k http://updates.example.com/drop/update; sleep 4; [ "$(stat -c %s "$LAB/seen")" -gt 300000 ]
