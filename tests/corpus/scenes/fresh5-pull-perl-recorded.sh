#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=direct-pull half=report tool=perl camera=10.20.0.11 far=gate ready=gate:8000 seconds=34 parts=dns,camera-gate,recorder-gate
# A program in Perl asks gate, which is recorded by RTSP, for a picture by HTTP each two seconds, in the maker's words, and keeps them in a folder that nobody has declared.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = gate ]; then exec timeout 60 python3 -c 'import http.server, subprocess
pictures = [subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360,noise=alls=20:all_seed=%d" % n, "-frames:v", "1", "-q:v", "4", "-f", "mjpeg", "pipe:1"], capture_output=True).stdout for n in range(6)]; asked = 0
class Face(http.server.BaseHTTPRequestHandler):
    server_version, sys_version, protocol_version = "App-webs/", "", "HTTP/1.1"
    def do_GET(self):
        global asked
        self.send_response(200 if "Authorization" in self.headers else 401)
        if "Authorization" not in self.headers: self.send_header("WWW-Authenticate", "Basic realm=\"Login to Embedded\""); self.send_header("Content-Length", "0"); return self.end_headers()
        asked += 1; d = pictures[asked % 6]
        self.send_header("Content-Type", "image/jpeg"); self.send_header("Content-Length", str(len(d))); self.end_headers(); self.wfile.write(d)
http.server.ThreadingHTTPServer(("10.20.0.11", 8000), Face).serve_forever()' 2>/dev/null; fi
mkdir -p "$LAB/.cache"; timeout 32 perl -MHTTP::Tiny -e 'my $n = 0; for (1 .. 12) { my $r = HTTP::Tiny->new->get("http://admin:admin\@10.20.0.11:8000/ISAPI/Streaming/channels/101/picture"); if ($r->{success}) { open(my $f, ">", "$ARGV[0]/$n"); print $f $r->{content}; $n++; } sleep 2; }' "$LAB/.cache"
[ "$(find "$LAB/.cache" -size +8k | wc -l)" -ge 9 ]
