#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=monit far=out ready=out:8080 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# monit looks each few seconds whether the camera answers, the recorder runs and its files grow, and reports to a collector outside, which is declared.
# config:   - {{to: 203.0.113.66, port: 8080, why: the collector of our monitoring}}
if [ "$1" = out ]; then exec timeout 60 python3 -c 'import http.server, sys
class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        open(sys.argv[1], "ab").write(self.rfile.read(int(self.headers["Content-Length"]))); self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
http.server.ThreadingHTTPServer(("203.0.113.66", 8080), Collector).serve_forever()' "$LAB/reports" 2>/dev/null; fi
printf '%s\n' 'set daemon 4' "set pidfile $LAB/monit.pid" "set idfile $LAB/monit.id" "set statefile $LAB/monit.state" 'set mmonit http://lab:lab@203.0.113.66:8080/collector' \
	'check system nvr' '  if memory usage > 90% then alert' 'check process recorder matching "ffmpeg"' \
	'check host gate with address gate.cam.lan' '  if failed port 554 then alert' '  if failed port 80 protocol http then alert' \
	"check directory recordings path $LAB/recordings/gate" '  if timestamp > 2 minutes then alert' "check file newest path $LAB/recordings/gate/000.mp4" '  if size < 1 KB then alert' >"$LAB/monitrc"
chmod 600 "$LAB/monitrc"; timeout 36 monit -I -c "$LAB/monitrc" >/dev/null 2>&1; [ "$(stat -c %s "$LAB/reports")" -gt 10000 ]
