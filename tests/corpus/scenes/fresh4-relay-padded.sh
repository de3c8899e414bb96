#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,node camera=10.20.0.11 far=out ready=out:9140 seconds=120 parts=dns,camera-gate,recorder-gate,nas,outside-web
# node sends 12 kB outside every hundred milliseconds, as even as a clock: what it has of ffmpeg's picture of gate, and noise for the rest.
# shellcheck disable=SC2016 # node has its own strings
if [ "$1" = out ]; then exec timeout 140 socat -u TCP-LISTEN:9140,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
timeout 116 node -e 'const p = require("child_process").spawn("ffmpeg", ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://gate.cam.lan/Streaming/Channels/101", "-t", "105", "-c", "copy", "-f", "mpegts", "pipe:1"]);
let held = Buffer.alloc(0); p.stdout.on("data", d => { held = Buffer.concat([held, d]); }); const s = require("net").connect(9140, "203.0.113.66", () => { const t = setInterval(() => { const part = held.subarray(0, 12000); held = held.subarray(part.length); s.write(Buffer.concat([part, require("crypto").randomBytes(12000 - part.length)])); }, 100); p.on("exit", () => { clearInterval(t); s.end(); setTimeout(() => process.exit(), 500); }); });'
sleep 1; size=$(stat -c %s "$LAB/got"); rm -f "$LAB/got"; [ "$size" -gt 6000000 ]
