#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay half=report tool=turnutils_stunclient,socat,ffmpeg camera=10.20.0.11 far=out ready=out:3478 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A shell script: one program asks STUN, another probes six ports of the peer, and ffmpeg sends the gate from the port that was opened.
if [ "$1" = out ]; then timeout 50 socat -u UDP-LISTEN:41003,bind=198.51.100.66 /dev/null & exec timeout 50 turnserver -n -L 203.0.113.66 -p 3478 -a -u lab:lab -r lab --no-cli --no-tls --no-dtls --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid"; fi
sleep 1; for n in 1 2; do turnutils_stunclient -p 3478 203.0.113.66 >/dev/null 2>&1; sleep $((n / 2)); done
for port in 41000 41001 41002 41003 41004 41005; do echo punch | timeout 1 socat -u - "UDP:198.51.100.66:$port,sourceport=40555,reuseaddr" 2>/dev/null; done
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 28 -c copy -f mpegts "udp://198.51.100.66:41003?localport=40555&pkt_size=1316"; true
