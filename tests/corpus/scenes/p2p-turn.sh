#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch half=report tool=turnutils_uclient far=out ready=out:3478 seconds=15
# A client has a relay of TURN allocated and sends through it to a peer; it reads no camera.
if [ "$1" = out ]; then exec timeout 50 turnserver -n -L 203.0.113.66 -p 3478 -a -u lab:lab -r lab --no-cli --no-tls --no-dtls --allow-loopback-peers --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid"; fi
timeout 12 turnutils_uclient -u lab -w lab -y -n 200 -l 1000 203.0.113.66 >/dev/null 2>&1
true
