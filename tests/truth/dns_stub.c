/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_stub ADDR PORT SERVER SERVERPORT PATH: a resolver that knows nothing by itself. What it is
 * asked over UDP it passes on, from a socket of its own for each question, and hands back what
 * comes. Whoever is connected to the Unix socket at PATH ("-": none, "@NAME": of no file system) writes a name as in zone files
 * and a newline, and gets a newline when that was answered. Prints whom it asked for.
 */
#include <poll.h>

#include "dns_wire.h"

#define WAIT_MS 5000

static struct truth_addr server;
static int client = -1; /* of the Unix socket */

/* The answer in place of the question; 0 when nobody answers. */
static size_t pass_on(uint8_t *m, size_t n)
{
	int fd = socket(server.sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t got;

	truth_check(fd >= 0, "socket");
	truth_check(!connect(fd, (struct sockaddr *)&server.sa, server.len), "connect");
	truth_check(send(fd, m, n, 0) == (ssize_t)n, "send");
	got = poll(&p, 1, WAIT_MS) == 1 ? recv(fd, m, DNS_MAX, 0) : 0;
	close(fd);
	return got > 0 ? (size_t)got : 0;
}

static void serve_udp(int fd)
{
	struct truth_addr from = { .len = sizeof(from.sa) };
	uint8_t m[DNS_MAX];
	ssize_t n = recvfrom(fd, m, sizeof(m), 0, (struct sockaddr *)&from.sa, &from.len);
	size_t len;

	truth_check(n >= DNS_HEADER, "recvfrom");
	len = pass_on(m, (size_t)n);
	truth_check(sendto(fd, m, len, 0, (struct sockaddr *)&from.sa, from.len) == (ssize_t)len,
		    "sendto");
	truth_print("{\"via\":\"udp\",\"port\":%u}", truth_port(&from));
}

static void serve_unix(void)
{
	uint8_t m[DNS_MAX] = { 0 };
	char name[256];
	ssize_t len = recv(client, name, sizeof(name) - 1, 0);
	size_t n = DNS_HEADER;

	if (len <= 0) {
		close(client);
		client = -1;
		return;
	}
	name[len] = 0;
	name[strcspn(name, "\n")] = 0;
	m[1] = (uint8_t)rand();
	m[2] = 1;
	m[5] = 1;
	n += dns_put_name(m + n, name);
	dns_put16(m + n, DNS_A);
	dns_put16(m + n + 2, DNS_IN);
	truth_check(pass_on(m, n + 4) > 0, "server");
	truth_check(write(client, "\n", 1) == 1, "write");
	truth_print("{\"via\":\"unix\"}");
}

static int open_udp(const struct truth_addr *a)
{
	int fd = socket(a->sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	truth_check(fd >= 0, "socket");
	truth_check(!bind(fd, (const struct sockaddr *)&a->sa, a->len), "bind");
	return fd;
}

static int open_unix(const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t len = dns_unix_name(&a, path);

	truth_check(fd >= 0, "socket");
	truth_check(!bind(fd, (struct sockaddr *)&a, len) && !listen(fd, 4), path);
	return fd;
}

int main(int argc, char **argv)
{
	struct truth_addr own;
	struct pollfd p[4];

	truth_begin();
	errno = EINVAL;
	truth_check(argc == 6, "usage: dns_stub ADDR PORT SERVER SERVERPORT PATH");
	own = truth_addr(argv[1], argv[2]);
	server = truth_addr(argv[3], argv[4]);
	p[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = open_udp(&own), .events = POLLIN };
	p[2] = (struct pollfd){ .fd = strcmp(argv[5], "-") ? open_unix(argv[5]) : -1,
				.events = POLLIN };
	truth_print("{\"pid\":%d}", getpid());
	while (!p[0].revents) {
		p[3] = (struct pollfd){ .fd = client, .events = POLLIN };
		truth_check(poll(p, 4, -1) > 0, "poll");
		if (p[1].revents) {
			serve_udp(p[1].fd);
		}
		if (p[3].revents) {
			serve_unix();
		}
		if (p[2].revents && client < 0) {
			client = accept(p[2].fd, NULL, NULL);
		}
	}
	return 0;
}
