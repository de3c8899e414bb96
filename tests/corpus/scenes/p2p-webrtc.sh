#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay,direct-pull half=report tool=python3 camera=10.20.0.11 far=out ready=out:3478 seconds=35
# WebRTC by aiortc: ICE with STUN, then the picture of gate, encrypted, to a peer outside; both say their candidates by a file.
if [ "$1" = out ]; then timeout 50 turnserver -n -L 203.0.113.66 -p 3478 -a -u lab:lab -r lab --no-cli --no-tls --no-dtls --allow-loopback-peers --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid" & exec timeout 50 python3 "$(dirname "$0")/../far/webrtc.py" out; fi
timeout "$LAB_SECONDS" python3 "$(dirname "$0")/../far/webrtc.py" nvr
true
