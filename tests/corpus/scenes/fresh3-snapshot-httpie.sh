#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,http camera=10.20.0.11 far=out ready=out:443 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A script of events sends a picture of gate to a bot of a messenger, each as a form with a file over TLS.
if [ "$1" = out ]; then
	mkdir -p "$LAB/away"; echo '203.0.113.66 api.messenger.example.net' >"$LAB/names/bot"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=api.messenger.example.net -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 80 python3 -c 'import http.server, ssl, sys
class Bot(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        open(sys.argv[3], "ab").write(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200); self.send_header("Content-Length", "12"); self.end_headers(); self.wfile.write(b"{\"ok\": true}")
s = http.server.ThreadingHTTPServer(("203.0.113.66", 443), Bot)
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(sys.argv[1], sys.argv[2]); s.socket = c.wrap_socket(s.socket, server_side=True); s.serve_forever()' "$LAB/b.pem" "$LAB/b.key" "$LAB/away/got" 2>/dev/null
fi
for n in 1 2 3 4 5 6 7 8; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 1 -vf scale=1280:-2 -y "$LAB/see.jpg"
	http --ignore-stdin --verify=no --form POST https://api.messenger.example.net/bot1234:abcd/sendPhoto chat_id=42 caption="motion $n" "photo@$LAB/see.jpg" >/dev/null 2>&1; sleep 2
done
rm -f "$LAB/see.jpg"; [ "$(stat -c %s "$LAB/away/got")" -gt 300000 ]
