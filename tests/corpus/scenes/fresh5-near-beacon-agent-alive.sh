#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3 far=out ready=out:443 seconds=70 parts=dns,camera-gate,recorder-gate
# A monitoring agent in Python posts each five seconds, over one connection of TLS that it keeps, how processors, disks and the recorder are, to a collector outside, which is declared.
# config:   - {{to: "*.monitor.example.org", port: 443, why: the collector of our monitoring}}
if [ "$1" = out ]; then
	echo '203.0.113.66 eu1.monitor.example.org' >"$LAB/names/mon"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=eu1.monitor.example.org -addext subjectAltName=DNS:eu1.monitor.example.org -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	exec timeout 90 python3 -c 'import http.server, ssl, sys
class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        open(sys.argv[3], "ab").write(self.rfile.read(int(self.headers["Content-Length"]))); self.send_response(202); self.send_header("Content-Length", "15"); self.end_headers(); self.wfile.write(b"{\"status\":\"ok\"}")
s = http.server.ThreadingHTTPServer(("203.0.113.66", 443), Collector)
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(sys.argv[1], sys.argv[2]); s.socket = c.wrap_socket(s.socket, server_side=True); s.serve_forever()' "$LAB/b.pem" "$LAB/b.key" "$LAB/reports" 2>/dev/null
fi
sleep 1; timeout 66 python3 -c 'import http.client, json, os, ssl, sys, time
c = ssl.create_default_context(cafile=sys.argv[1]); h = http.client.HTTPSConnection("eu1.monitor.example.org", context=c)
for n in range(12):
    series = [{"name": "cpu", "v": open("/proc/stat").read()[:1500]}, {"name": "disk", "v": os.statvfs(sys.argv[2])[:6]}, {"name": "net", "v": open("/proc/net/dev").read()}, {"name": "recorder", "v": sorted(os.listdir(sys.argv[2] + "/recordings/gate"))}]
    h.request("POST", "/v1/input", json.dumps({"host": "nvr", "t": time.time(), "series": series}), {"Content-Type": "application/json"}); h.getresponse().read(); time.sleep(5)' "$LAB/b.pem" "$LAB"
[ "$(stat -c %s "$LAB/reports")" -gt 20000 ]
