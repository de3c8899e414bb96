#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,live-relay,new-listener half=report tool=python3,ffmpeg camera=10.20.0.11 far=out seconds=56 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A web server in Python shows what its ffmpeg makes of gate, pictures one after the other in one answer; somebody outside watches with curl.
if [ "$1" = out ]; then sleep 5; exec timeout 48 curl -s -o "$LAB/got" http://10.30.0.2:8091/live.mjpg; fi
timeout 55 python3 -c 'import http.server, subprocess
class Live(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=ffmpeg"); self.end_headers()
        p = subprocess.Popen(["ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://gate.cam.lan/Streaming/Channels/101", "-vf", "fps=5", "-q:v", "4", "-f", "mpjpeg", "pipe:1"], stdout=subprocess.PIPE)
        while d := p.stdout.read1(65536): self.wfile.write(d)
http.server.ThreadingHTTPServer(("10.30.0.2", 8091), Live).serve_forever()' 2>/dev/null
[ "$(stat -c %s "$LAB/got")" -gt 500000 ]
