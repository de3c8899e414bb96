#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=encrypted-dns half=report tool=ruby far=out ready=out:443 seconds=20 parts=dns,outside-web
# A program in Ruby posts questions of DNS to a well-known resolver over HTTPS and goes to the addresses it was told.
if [ "$1" = out ]; then
	echo '203.0.113.66 mozilla.cloudflare-dns.com' >"$LAB/names/doh"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mozilla.cloudflare-dns.com -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 40 python3 -c 'import http.server, ssl, sys
class Names(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        m = self.rfile.read(int(self.headers["Content-Length"])); said = m[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + m[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes([198, 51, 100, 66])
        self.send_response(200); self.send_header("Content-Type", "application/dns-message"); self.send_header("Content-Length", str(len(said))); self.end_headers(); self.wfile.write(said)
s = http.server.ThreadingHTTPServer(("203.0.113.66", 443), Names)
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(sys.argv[1], sys.argv[2]); s.socket = c.wrap_socket(s.socket, server_side=True); s.serve_forever()' "$LAB/b.pem" "$LAB/b.key" 2>/dev/null
fi
sleep 1; timeout 18 ruby -rnet/http -rresolv -e 'ok = 0
%w[gate7.example.net stage.example.net c2.example.net].each do |name|
  m = Resolv::DNS::Message.new(7); m.rd = 1; m.add_question(name, Resolv::DNS::Resource::IN::A)
  h = Net::HTTP.new("mozilla.cloudflare-dns.com", 443); h.use_ssl = true; h.verify_mode = OpenSSL::SSL::VERIFY_NONE
  a = Resolv::DNS::Message.decode(h.post("/dns-query", m.encode, "Content-Type" => "application/dns-message").body).answer[0][2].address.to_s
  ok += 1 if Net::HTTP.new(a, 80).get("/version", "Host" => name).body.include?("5.6.3"); sleep 3
end
exit(ok == 3 ? 0 : 1)'
