#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=wget,jq far=out ready=out:443 seconds=16 parts=dns,outside-web
# wget asks a service outside names as JSON over HTTPS, and goes to the addresses it was told.
if [ "$1" = out ]; then
	echo '203.0.113.66 api.example.org' >"$LAB/names/json"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=api.example.org -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 40 python3 -c 'import http.server, ssl, sys
class Names(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = b"{\"Status\":0,\"Answer\":[{\"name\":\"x\",\"type\":1,\"TTL\":60,\"data\":\"198.51.100.66\"}]}"
        self.send_response(200); self.send_header("Content-Type", "application/dns-json"); self.send_header("Content-Length", str(len(said))); self.end_headers(); self.wfile.write(said)
s = http.server.ThreadingHTTPServer(("203.0.113.66", 443), Names)
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(sys.argv[1], sys.argv[2]); s.socket = c.wrap_socket(s.socket, server_side=True); s.serve_forever()' "$LAB/b.pem" "$LAB/b.key" 2>/dev/null
fi
sleep 1; got=0; for name in stage.example.net c2.example.net drop.example.net; do
	where=$(wget --no-check-certificate -q -O - "https://api.example.org/resolve?name=$name&type=A" | jq -r '.Answer[0].data')
	wget -q -O - --header "Host: $name" "http://$where/version" | grep -q 5.6.3 && got=$((got + 1)); sleep 2
done
sleep 2; [ "$got" = 3 ]
