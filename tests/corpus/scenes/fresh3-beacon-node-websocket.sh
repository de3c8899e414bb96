#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=node far=out ready=out:8080 seconds=62 parts=dns
# node keeps a WebSocket open to a place outside and sends a masked ping each five seconds; the far end answers.
if [ "$1" = out ]; then exec timeout 85 node -e 'const c = require("crypto"), fs = require("fs"); let n = 0;
require("http").createServer().on("upgrade", (q, s) => { s.on("error", () => {});
	s.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + c.createHash("sha1").update(q.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64") + "\r\n\r\n");
	s.on("data", () => { s.write(Buffer.from([0x8a, 0])); fs.writeFileSync(process.env.LAB + "/pings", String(++n)); }); }).listen(8080, "203.0.113.66")'; fi
timeout 60 node -e 'const c = require("crypto");
require("http").get({ host: "relay.example.net", port: 8080, path: "/feed", headers: { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": c.randomBytes(16).toString("base64") } })
.on("upgrade", (r, s) => setInterval(() => s.write(Buffer.concat([Buffer.from([0x89, 0x80]), c.randomBytes(4)])), 5000))'
[ "$(cat "$LAB/pings")" -ge 10 ]
