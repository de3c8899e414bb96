#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl far=gate,yard ready=yard:8000 seconds=24 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An administrator gives two cameras new firmware, 12 MB each, from the server, as a form with a file.
if [ "$1" = gate ] || [ "$1" = yard ]; then
	where=10.20.0.11; [ "$1" = gate ] || where=10.20.0.12
	exec timeout 40 python3 -c 'import http.server, sys
class Face(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        n = int(self.headers["Content-Length"]); open(sys.argv[2], "a").write("x" * (len(self.rfile.read(n)) // 1000000)); self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
http.server.ThreadingHTTPServer((sys.argv[1], 8000), Face).serve_forever()' "$where" "$LAB/flashed" 2>/dev/null
fi
sleep 2; head -c 12000000 /dev/urandom >"$LAB/firmware.dav"
for camera in 10.20.0.11 10.20.0.12; do curl -s -o /dev/null -F "file=@$LAB/firmware.dav" "http://$camera:8000/cgi-bin/upgrade"; sleep 5; curl -s -o /dev/null -m 2 "http://$camera/"; done
rm -f "$LAB/firmware.dav"; sleep 3; [ "$(stat -c %s "$LAB/flashed")" -ge 24 ]
