/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_serve ADDR PORT NAME=VALUE...: answers A and AAAA questions over UDP and TCP until its stdin
 * ends. A value is an address, or another name, which makes a CNAME record in front of that name's
 * own. Names are written as in zone files (\ddd). Prints whom it answered what.
 */
#include <poll.h>

#include "dns_wire.h"

#define TTL 300

static char **zone; /* "NAME=VALUE", NULL ends it */

/* Appends a record for the name at owner (a place in the message) to m; returns the new length. */
static size_t put_record(uint8_t *m, size_t n, unsigned owner, unsigned type, const void *data,
			 size_t len)
{
	dns_put16(m + n, DNS_POINTER | owner);
	dns_put16(m + n + 2, type);
	dns_put16(m + n + 4, DNS_IN);
	dns_put16(m + n + 6, 0);
	dns_put16(m + n + 8, TTL);
	dns_put16(m + n + 10, (unsigned)len);
	memcpy(m + n + 12, data, len);
	dns_put16(m + 6, dns_get16(m + 6) + 1);
	return n + 12 + len;
}

static size_t answer_name(uint8_t *m, size_t n, unsigned owner, const uint8_t *name, unsigned type);

/* One value of the zone: an address of the type asked for, or another name to follow. */
static size_t answer_value(uint8_t *m, size_t n, unsigned owner, const char *value, unsigned type)
{
	uint8_t data[256];
	size_t at = n + 12;

	if (inet_pton(AF_INET, value, data) == 1) {
		return type == DNS_A ? put_record(m, n, owner, DNS_A, data, 4) : n;
	}
	if (inet_pton(AF_INET6, value, data) == 1) {
		return type == DNS_AAAA ? put_record(m, n, owner, DNS_AAAA, data, 16) : n;
	}
	n = put_record(m, n, owner, DNS_CNAME, data, dns_put_name(data, value));
	return answer_name(m, n, (unsigned)at, data, type);
}

static size_t answer_name(uint8_t *m, size_t n, unsigned owner, const uint8_t *name, unsigned type)
{
	uint8_t wire[256];
	char text[256];

	for (char **z = zone; *z; z++) {
		const char *value = strchr(*z, '=');
		size_t len;

		errno = EINVAL;
		truth_check(value && value - *z < (ptrdiff_t)sizeof(text), *z);
		memcpy(text, *z, (size_t)(value - *z));
		text[value - *z] = 0;
		len = dns_put_name(wire, text);
		if (memcmp(wire, name, len) == 0) {
			n = answer_value(m, n, owner, value + 1, type);
		}
	}
	return n;
}

/* Makes the answer of a query in place; returns its length, 0 when it is no query. */
static size_t answer(uint8_t *m, size_t n)
{
	size_t end = DNS_HEADER;

	if (n < DNS_HEADER + 5 || m[2] & 0x80 || dns_get16(m + 4) != 1) {
		return 0;
	}
	while (end < n && m[end]) {
		end += m[end] + 1U;
	}
	end += 5;
	if (end > n) {
		return 0;
	}
	memset(m + 6, 0, 6);
	dns_put16(m + 2, DNS_ANSWER);
	n = answer_name(m, end, DNS_HEADER, m + DNS_HEADER, dns_get16(m + end - 4));
	if (n == end) {
		dns_put16(m + 2, DNS_ANSWER | DNS_NO_NAME);
	}
	return n;
}

static void report(const uint8_t *m, size_t n, const char *proto, const struct truth_addr *from)
{
	truth_print("{\"id\":%u,\"proto\":\"%s\",\"port\":%u,\"answers\":%u,\"bytes\":%zu}",
		    dns_get16(m), proto, truth_port(from), dns_get16(m + 6), n);
}

static void serve_udp(int fd)
{
	struct truth_addr from = { .len = sizeof(from.sa) };
	uint8_t m[DNS_MAX * 2];
	ssize_t n = recvfrom(fd, m, DNS_MAX, 0, (struct sockaddr *)&from.sa, &from.len);
	size_t len;

	truth_check(n >= 0, "recvfrom");
	len = answer(m, (size_t)n);
	if (len) {
		truth_check(sendto(fd, m, len, 0, (struct sockaddr *)&from.sa, from.len) ==
				    (ssize_t)len,
			    "sendto");
		report(m, len, "udp", &from);
	}
}

/* One client at a time, to its end. */
static void serve_tcp(int listener)
{
	struct truth_addr from = { .len = sizeof(from.sa) };
	int fd = accept(listener, (struct sockaddr *)&from.sa, &from.len);
	uint8_t m[DNS_MAX * 2 + 2];
	size_t n;

	truth_check(fd >= 0, "accept");
	while ((n = dns_read_tcp(fd, m + 2)) > 0) {
		n = answer(m + 2, n);
		truth_check(n > 0, "query");
		dns_write_tcp(fd, m + 2, n);
		report(m + 2, n, "tcp", &from);
	}
	close(fd);
}

static int open_port(const struct truth_addr *a, int type)
{
	int fd = socket(a->sa.ss_family, type | SOCK_CLOEXEC, 0);
	int on = 1;

	truth_check(fd >= 0, "socket");
	truth_check(!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), "SO_REUSEADDR");
	truth_check(!bind(fd, (const struct sockaddr *)&a->sa, a->len), "bind");
	truth_check(type != SOCK_STREAM || !listen(fd, 16), "listen");
	return fd;
}

int main(int argc, char **argv)
{
	struct truth_addr a;
	struct pollfd polls[3];

	truth_begin();
	errno = EINVAL;
	truth_check(argc > 3, "usage: dns_serve ADDR PORT NAME=VALUE...");
	a = truth_addr(argv[1], argv[2]);
	zone = argv + 3;
	polls[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = open_port(&a, SOCK_DGRAM), .events = POLLIN };
	polls[2] = (struct pollfd){ .fd = open_port(&a, SOCK_STREAM), .events = POLLIN };
	truth_print("{\"pid\":%d}", getpid());
	while (!polls[0].revents) {
		truth_check(poll(polls, 3, -1) > 0, "poll");
		if (polls[1].revents) {
			serve_udp(polls[1].fd);
		}
		if (polls[2].revents) {
			serve_tcp(polls[2].fd);
		}
	}
	return 0;
}
