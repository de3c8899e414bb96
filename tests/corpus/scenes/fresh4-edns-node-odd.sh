#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=node far=out ready=out:4443 seconds=18 parts=dns,outside-web
# node posts questions of DNS to a page on port 4443 of an ordinary name, over one connection of TLS, and goes to the addresses it was told.
if [ "$1" = out ]; then
	echo '203.0.113.66 app.example.org' >"$LAB/names/app"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=app.example.org -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 40 python3 -c 'import http.server, ssl, sys
class Names(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        m = self.rfile.read(int(self.headers["Content-Length"])); said = m[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + m[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc6\x33\x64\x42"
        self.send_response(200); self.send_header("Content-Type", "application/dns-message"); self.send_header("Content-Length", str(len(said))); self.end_headers(); self.wfile.write(said)
s = http.server.ThreadingHTTPServer(("203.0.113.66", 4443), Names)
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(sys.argv[1], sys.argv[2]); s.socket = c.wrap_socket(s.socket, server_side=True); s.serve_forever()' "$LAB/b.pem" "$LAB/b.key" 2>/dev/null
fi
sleep 1; timeout 15 node -e 'const https = require("https"), http = require("http"), agent = new https.Agent({ keepAlive: true }); let got = 0;
const ask = name => new Promise(done => { const q = Buffer.concat([Buffer.from("0000010000010000 00000000".replace(" ", ""), "hex"), ...name.split(".").map(l => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])), Buffer.from("0000010001", "hex")]);
	const r = https.request({ host: "app.example.org", port: 4443, path: "/v2/sync", method: "POST", agent, rejectUnauthorized: false, headers: { "Content-Type": "application/dns-message", "Content-Length": q.length } }, a => { const all = []; a.on("data", d => all.push(d)); a.on("end", () => done([...Buffer.concat(all).subarray(-4)].join("."))); }); r.end(q); });
(async () => { for (const name of ["one.example.net", "two.example.net", "three.example.net", "four.example.net"]) { const to = await ask(name); await new Promise(done => http.get({ host: to, path: "/version", headers: { Host: name } }, a => { a.on("data", () => got++); a.on("end", done); })); await new Promise(d => setTimeout(d, 1500)); } process.exit(got === 4 ? 0 : 1); })()'
