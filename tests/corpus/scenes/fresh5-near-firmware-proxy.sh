#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=wget,curl far=nas,gate ready=nas:3128 seconds=40 parts=dns,camera-gate,recorder-gate,outside-web
# The server may go out by the office's proxy alone: wget brings new firmware for gate by it, 6 MB, sums are compared, and curl puts it on the camera as a form.
if [ "$1" = nas ]; then exec timeout 60 ncat -lk --proxy-type http 10.30.0.40 3128; fi
if [ "$1" = gate ]; then exec timeout 60 python3 -c 'import http.server, sys
class Face(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        n = int(self.headers["Content-Length"]); d = self.rfile.read(n); open(sys.argv[1], "w").write(str(len(d))); self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
http.server.ThreadingHTTPServer(("10.20.0.11", 8000), Face).serve_forever()' "$LAB/flashed" 2>/dev/null; fi
head -c 6000000 /dev/urandom >"$LAB/outside/gate-5.7.1.dav"; sha256sum <"$LAB/outside/gate-5.7.1.dav" >"$LAB/outside/sum"; sleep 2; export http_proxy=http://10.30.0.40:3128
wget -q -O "$LAB/sum" http://updates.example.com/sum; wget -q --limit-rate=600k -O "$LAB/fw.dav" http://updates.example.com/gate-5.7.1.dav; sha256sum <"$LAB/fw.dav" | cmp -s - "$LAB/sum" || exit 1
sleep 2; curl -s --noproxy '*' -o /dev/null -F "file=@$LAB/fw.dav" http://10.20.0.11:8000/cgi-bin/upgrade; sleep 5; rm -f "$LAB"/fw.dav "$LAB"/outside/*.dav; [ "$(cat "$LAB/flashed")" -gt 6000000 ]
