#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=node camera=10.20.0.12 far=out ready=out:8443 seconds=50 parts=dns,camera-gate,camera-yard,camera-door recorder=/usr/bin/node
# A recorder in node reads three cameras in one process and keeps them; what yard sends it carries outside in TLS, too.
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=relay.example.net -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 80 socat -u "OPENSSL-LISTEN:8443,bind=203.0.113.66,reuseaddr,verify=0,cert=$LAB/b.pem,key=$LAB/b.key" "CREATE:$LAB/got"
fi
node "$(dirname "$0")/../far/vms.js" "$LAB/recordings" 46 gate=10.20.0.11/Streaming/Channels/101 yard=10.20.0.12/cam/realmonitor door=10.20.0.13/axis-media/media.amp tls:yard=relay.example.net:8443
[ "$(stat -c %s "$LAB/got")" -gt 1000000 ] && [ "$(du -sb "$LAB/recordings/gate" | cut -f1)" -gt 1000000 ]
