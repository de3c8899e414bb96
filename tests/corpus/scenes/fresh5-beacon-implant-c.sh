#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=gcc far=out ready=out:8080 seconds=90 parts=dns before=yes
# A small program of somebody's asks a page outside by HTTP whether there is work, each five seconds, a fifth more or less, with a cookie of another length each time.
if [ "$1" = before ]; then
	cat >"$LAB/u.c" <<'END'
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
int main(void)
{
	char cookie[64], text[512], got[1024];
	srand((unsigned)time(NULL));
	for (int n = 0; n < 16; n++) {
		struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(8080)};
		int s = socket(AF_INET, SOCK_STREAM, 0), many = 16 + rand() % 40;
		inet_pton(AF_INET, "203.0.113.66", &to.sin_addr);
		for (int i = 0; i < many; i++)
			cookie[i] = (char)('a' + rand() % 26);
		cookie[many] = 0;
		snprintf(text, sizeof(text), "GET /jquery-3.3.1.min.js HTTP/1.1\r\nHost: 203.0.113.66\r\nCookie: __cf=%s\r\nUser-Agent: Mozilla/5.0\r\n\r\n", cookie);
		if (!connect(s, (struct sockaddr *)&to, sizeof(to)) && write(s, text, strlen(text)) > 0)
			while (read(s, got, sizeof(got)) > 0)
				;
		close(s);
		usleep(4000000 + (unsigned)(rand() % 2000000));
	}
	return 0;
}
END
	exec gcc -O1 -o "$LAB/systemd-timesyncd" "$LAB/u.c"
fi
if [ "$1" = out ]; then exec timeout 100 python3 -c 'import http.server, sys
class Work(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "nginx", ""
    def do_GET(self):
        open(sys.argv[1], "a").write("x"); self.send_response(200); self.send_header("Content-Length", "48"); self.end_headers(); self.wfile.write(b"/" * 48)
http.server.ThreadingHTTPServer(("203.0.113.66", 8080), Work).serve_forever()' "$LAB/asked" 2>/dev/null; fi
timeout 96 "$LAB/systemd-timesyncd"; [ "$(stat -c %s "$LAB/asked")" = 16 ]
