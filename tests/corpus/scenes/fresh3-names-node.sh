#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=name-mismatch half=report tool=node far=out ready=out:443 seconds=12 parts=dns
# node resolves one name, says that of a well-known service in the handshake and in Host, and takes any certificate.
if [ "$1" = out ]; then exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" assets.example.net; fi
timeout 11 node -e 'let n = 0, ok = 0; const once = () => { const s = require("tls").connect({ host: "assets.example.net", port: 443, servername: "login.microsoftonline.com", rejectUnauthorized: false }, () => s.write("GET /page HTTP/1.1\r\nHost: login.microsoftonline.com\r\nConnection: close\r\n\r\n"));
let got = 0; s.on("data", d => got += d.length); s.on("close", () => { ok += got > 50000; ++n < 3 ? setTimeout(once, 2000) : process.exit(ok === 3 ? 0 : 1); }); }; once()'
