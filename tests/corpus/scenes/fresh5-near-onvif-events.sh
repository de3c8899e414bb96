#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3 far=gate ready=gate:8000 seconds=60 parts=dns,camera-gate,recorder-gate,outside-web
# A program of the recorder's in Python subscribes to gate's events by ONVIF and asks for them over one connection, which is answered when there are some; with each of them it writes a line.
if [ "$1" = gate ]; then exec timeout 80 python3 -c 'import http.server, random, time
class Events(http.server.BaseHTTPRequestHandler):
    protocol_version, server_version, sys_version = "HTTP/1.1", "App-webs/", ""
    def do_POST(self):
        m = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "PullMessages" in m: time.sleep(random.uniform(0.5, 3)); body = "".join("<wsnt:NotificationMessage><tns1:Topic>RuleEngine/CellMotionDetector/Motion</tns1:Topic><tt:SimpleItem Name=\"IsMotion\" Value=\"%s\"/></wsnt:NotificationMessage>" % (n % 2) for n in range(random.randint(1, 5)))
        else: body = "<wsa:Address>http://10.20.0.11:8000/onvif/Events/PullSubManager_1</wsa:Address>"
        d = ("<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>%s</s:Body></s:Envelope>" % body).encode()
        self.send_response(200); self.send_header("Content-Type", "application/soap+xml"); self.send_header("Content-Length", str(len(d))); self.end_headers(); self.wfile.write(d)
http.server.ThreadingHTTPServer(("10.20.0.11", 8000), Events).serve_forever()' 2>/dev/null; fi
sleep 1; timeout 56 python3 -c 'import http.client, sys, time
def ask(h, what): h.request("POST", "/onvif/Events", "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>%s</s:Body></s:Envelope>" % what, {"Content-Type": "application/soap+xml"}); return h.getresponse().read().decode()
h = http.client.HTTPConnection("10.20.0.11", 8000); ask(h, "<CreatePullPointSubscription/>"); end, f = time.monotonic() + 48, open(sys.argv[1], "a")
while time.monotonic() < end:
    for part in ask(h, "<PullMessages><Timeout>PT5S</Timeout><MessageLimit>10</MessageLimit></PullMessages>").split("IsMotion")[1:]: f.write("motion " + part[9:10] + "\n")' "$LAB/motion"
[ "$(wc -l <"$LAB/motion")" -gt 20 ]
