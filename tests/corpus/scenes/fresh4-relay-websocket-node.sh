#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=node,ffmpeg camera=10.20.0.11 far=out ready=out:8080 seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# node sends what ffmpeg gives it of gate outside as frames of a WebSocket, masked, by port 8080.
# shellcheck disable=SC2016 # node has its own strings
if [ "$1" = out ]; then exec timeout 60 node -e 'require("http").createServer().on("upgrade", (q, s) => { const key = require("crypto").createHash("sha1").update(q.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
s.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + key + "\r\n\r\n"); s.pipe(require("fs").createWriteStream(process.argv[1])); }).listen(8080, "203.0.113.66")' "$LAB/got"; fi
timeout 42 node -e 'const mask = require("crypto").randomBytes(4);
require("http").get({ host: "relay.example.net", port: 8080, path: "/live", headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": 13, "Sec-WebSocket-Key": require("crypto").randomBytes(16).toString("base64") } }).on("upgrade", (r, s) => {
	const p = require("child_process").spawn("ffmpeg", ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://gate.cam.lan/Streaming/Channels/101", "-t", "32", "-c", "copy", "-f", "mpegts", "pipe:1"]);
	p.stdout.on("data", d => { for (let at = 0; at < d.length; at += 60000) { const part = Buffer.from(d.subarray(at, at + 60000)); for (let n = 0; n < part.length; n++) part[n] ^= mask[n & 3]; s.write(Buffer.concat([Buffer.from([0x82, 0xfe, part.length >> 8, part.length & 255]), mask, part])); } });
	p.on("exit", () => { s.end(); setTimeout(() => process.exit(), 500); }); });'
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
