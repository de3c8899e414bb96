/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flood VERB...: much of one kind, as fast as it goes.
 *	accepts ADDR N			takes N connections, each to its end; prints what it read
 *	connections ADDR PORT N BYTES	one after the other: sends, closes, waits for the far end's
 *	together ADDR PORT N BYTES	all open at the same time; when told to they send again,
 *					and when told to they close
 *	datagrams ADDR PORT N BYTES	from N sockets, a datagram each
 *	peers ADDR PORT N BYTES		from one socket two datagrams to each of N addresses, ADDR first
 *	ports ADDR FIRST N BYTES	from one socket a datagram to each of N ports
 *	listens ADDR N			N sockets that listen, until told to close
 *	questions ADDR PORT N		asks for N names from one socket, each once the last was answered
 *	answers ADDR N			answers N questions on port 53, each with another address
 *	sockets N			N Unix sockets that are connected to nobody, until a line comes
 */
#include <poll.h>
#include <sys/resource.h>

#include "dns_wire.h"

#define BYTES_MAX 4096
#define OPEN_MAX  900

static char data[BYTES_MAX];

static int connect_and_send(const struct truth_addr *a, size_t bytes)
{
	int fd = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	truth_check(fd >= 0, "socket");
	truth_check(!connect(fd, (const struct sockaddr *)&a->sa, a->len), "connect");
	truth_check(write(fd, data, bytes) == (ssize_t)bytes, "write");
	return fd;
}

/* Closed in order by both: the port can be had again at once by whoever closed last, us. */
static void finish(int fd)
{
	truth_check(!shutdown(fd, SHUT_WR) && read(fd, data, 1) == 0, "end");
	close(fd);
}

static void do_connections(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	uint64_t n = truth_number(args[2], UINT32_MAX);
	size_t bytes = truth_number(args[3], BYTES_MAX);

	for (uint64_t i = 0; i < n; i++) {
		finish(connect_and_send(&a, bytes));
	}
	truth_print("{\"pid\":%d,\"sent\":%" PRIu64 "}", getpid(), n * bytes);
}

static void do_together(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	uint64_t n = truth_number(args[2], OPEN_MAX);
	size_t bytes = truth_number(args[3], BYTES_MAX);
	int fds[OPEN_MAX];

	for (uint64_t i = 0; i < n; i++) {
		fds[i] = connect_and_send(&a, bytes);
	}
	truth_print("{\"pid\":%d,\"sent\":%" PRIu64 "}", getpid(), n * bytes);
	truth_wait();
	for (uint64_t i = 0; i < n; i++) {
		truth_check(write(fds[i], data, bytes) == (ssize_t)bytes, "write");
	}
	truth_print("{\"pid\":%d,\"sent\":%" PRIu64 "}", getpid(), 2 * n * bytes);
	truth_wait();
	for (uint64_t i = 0; i < n; i++) {
		finish(fds[i]);
	}
}

static void do_datagrams(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	uint64_t n = truth_number(args[2], UINT32_MAX);
	size_t bytes = truth_number(args[3], BYTES_MAX);

	for (uint64_t i = 0; i < n; i++) {
		int fd = socket(a.sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		truth_check(fd >= 0 && sendto(fd, data, bytes, 0, (struct sockaddr *)&a.sa,
					      a.len) == (ssize_t)bytes,
			    "sendto");
		close(fd);
	}
	truth_print("{\"pid\":%d,\"sent\":%" PRIu64 "}", getpid(), n * bytes);
}

static void do_peers(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	struct sockaddr_in *to = (struct sockaddr_in *)&a.sa;
	uint64_t n = truth_number(args[2], UINT16_MAX);
	size_t bytes = truth_number(args[3], BYTES_MAX);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	in_addr_t first = to->sin_addr.s_addr;

	truth_check(fd >= 0, "socket");
	for (uint64_t i = 0; i < 2 * n; i++) {
		to->sin_addr.s_addr = htonl(ntohl(first) + (uint32_t)(i % n));
		truth_check(sendto(fd, data, bytes, 0, (struct sockaddr *)&a.sa, a.len) ==
				    (ssize_t)bytes,
			    "sendto");
	}
	close(fd);
	truth_print("{\"pid\":%d,\"sent\":%" PRIu64 "}", getpid(), 2 * n * bytes);
}

static void do_ports(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	struct sockaddr_in *to = (struct sockaddr_in *)&a.sa;
	uint64_t n = truth_number(args[2], UINT16_MAX);
	size_t bytes = truth_number(args[3], BYTES_MAX);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned first = ntohs(to->sin_port);

	truth_check(fd >= 0, "socket");
	for (uint64_t i = 0; i < n; i++) {
		to->sin_port = htons((uint16_t)(first + i));
		truth_check(sendto(fd, data, bytes, 0, (struct sockaddr *)&a.sa, a.len) ==
				    (ssize_t)bytes,
			    "sendto");
	}
	truth_print("{\"pid\":%d,\"sent\":%" PRIu64 "}", getpid(), n * bytes);
}

static void do_listens(char **args)
{
	struct truth_addr a = truth_addr(args[0], "0");
	uint64_t n = truth_number(args[1], OPEN_MAX);
	int fds[OPEN_MAX];

	for (uint64_t i = 0; i < n; i++) {
		fds[i] = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		truth_check(!bind(fds[i], (struct sockaddr *)&a.sa, a.len) && !listen(fds[i], 1),
			    "listen");
	}
	truth_print("{\"pid\":%d,\"listen\":%" PRIu64 "}", getpid(), n);
	truth_wait();
	for (uint64_t i = 0; i < n; i++) {
		close(fds[i]);
	}
}

/* ---- names ---- */

static void do_questions(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	uint64_t n = truth_number(args[2], UINT16_MAX);
	int fd = socket(a.sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	truth_check(fd >= 0 && !connect(fd, (struct sockaddr *)&a.sa, a.len), "connect");
	for (uint64_t i = 0; i < n; i++) {
		uint8_t m[DNS_MAX] = { [2] = 1, [5] = 1 }; /* recursion desired, one question */
		char name[32];
		ssize_t len;

		snprintf(name, sizeof(name), "n%u.nvrwatch.test", (unsigned)i);
		dns_put16(m, (unsigned)i);
		len = DNS_HEADER + (ssize_t)dns_put_name(m + DNS_HEADER, name);
		dns_put16(m + len, DNS_A);
		dns_put16(m + len + 2, DNS_IN);
		truth_check(send(fd, m, (size_t)len + 4, 0) == len + 4, "send");
		truth_check(recv(fd, m, sizeof(m), 0) > len && dns_get16(m) == i, "answer");
	}
	close(fd);
	truth_print("{\"pid\":%d,\"asked\":%" PRIu64 "}", getpid(), n);
}

static void do_answers(char **args)
{
	struct truth_addr a = truth_addr(args[0], "53");
	uint64_t n = truth_number(args[1], UINT16_MAX);
	int fd = socket(a.sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	truth_check(fd >= 0 && !bind(fd, (struct sockaddr *)&a.sa, a.len), "bind");
	truth_print("{\"pid\":%d,\"port\":53}", getpid());
	for (uint64_t i = 0; i < n; i++) {
		struct truth_addr from = { .len = sizeof(from.sa) };
		uint32_t addr = htonl(0x0a630000 + (uint32_t)i); /* 10.99.0.0 and on */
		uint8_t m[DNS_MAX + 16];
		ssize_t len = recvfrom(fd, m, DNS_MAX, 0, (struct sockaddr *)&from.sa, &from.len);

		truth_check(len > DNS_HEADER, "recvfrom");
		dns_put16(m + 2, DNS_ANSWER);
		dns_put16(m + 6, 1);
		dns_put16(m + len, DNS_POINTER | DNS_HEADER);
		dns_put16(m + len + 2, DNS_A);
		dns_put16(m + len + 4, DNS_IN);
		dns_put16(m + len + 6, 0);
		dns_put16(m + len + 8, 300); /* seconds */
		dns_put16(m + len + 10, sizeof(addr));
		memcpy(m + len + 12, &addr, sizeof(addr));
		len += 12 + (ssize_t)sizeof(addr);
		truth_check(sendto(fd, m, (size_t)len, 0, (struct sockaddr *)&from.sa, from.len) ==
				    len,
			    "sendto");
	}
	truth_print("{\"answered\":%" PRIu64 "}", n);
}

/* ---- the far end of connections ---- */

/* False at the far end's end. */
static bool take(int fd, uint64_t *total)
{
	ssize_t got = read(fd, data, sizeof(data));

	truth_check(got >= 0, "read");
	*total += (uint64_t)got;
	return got > 0;
}

static void do_accepts(char **args)
{
	struct truth_addr a = truth_addr(args[0], "0");
	uint64_t left = truth_number(args[1], UINT32_MAX);
	static struct pollfd p[OPEN_MAX + 1];
	uint64_t total = 0;
	nfds_t open = 0; /* p[0] is the listener */

	p[0] = (struct pollfd){ socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), POLLIN, 0 };
	truth_check(!bind(p[0].fd, (struct sockaddr *)&a.sa, a.len) && !listen(p[0].fd, 1024),
		    "listen");
	a.len = sizeof(a.sa);
	truth_check(!getsockname(p[0].fd, (struct sockaddr *)&a.sa, &a.len), "getsockname");
	truth_print("{\"pid\":%d,\"port\":%u}", getpid(), truth_port(&a));
	while (left > 0) {
		truth_check(poll(p, open + 1, -1) > 0, "poll");
		for (nfds_t i = open; i > 0; i--) {
			if (p[i].revents && !take(p[i].fd, &total)) {
				close(p[i].fd);
				p[i] = p[open--];
				left--;
			}
		}
		if (p[0].revents && open < OPEN_MAX) {
			p[++open] = (struct pollfd){ accept4(p[0].fd, NULL, NULL, SOCK_CLOEXEC),
						     POLLIN, 0 };
			truth_check(p[open].fd >= 0, "accept");
		}
	}
	truth_print("{\"read\":%" PRIu64 "}", total);
}

/* Who has as many files as it may gives them to a child, and goes on. */
static void give_away(int first, int last)
{
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	while (first <= last) {
		close(first++);
	}
}

static void do_sockets(char **args)
{
	uint64_t n = truth_number(args[0], UINT32_MAX);
	int first = -1, fd = -1;
	struct rlimit most;

	truth_check(!getrlimit(RLIMIT_NOFILE, &most), "getrlimit");
	most.rlim_cur = most.rlim_max;
	truth_check(!setrlimit(RLIMIT_NOFILE, &most), "setrlimit");
	for (uint64_t i = 0; i < n; i++) {
		if (fd >= 0 && (rlim_t)fd + 1 == most.rlim_cur) {
			give_away(first, fd);
			first = -1;
		}
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		truth_check(fd >= 0, "socket");
		first = first < 0 ? fd : first;
	}
	truth_print("{\"pid\":%d}", getpid());
	truth_wait();
}

static const struct truth_verb verbs[] = {
	{ "accepts", 2, do_accepts },
	{ "answers", 2, do_answers },
	{ "connections", 4, do_connections },
	{ "datagrams", 4, do_datagrams },
	{ "listens", 2, do_listens },
	{ "peers", 4, do_peers },
	{ "ports", 4, do_ports },
	{ "questions", 3, do_questions },
	{ "sockets", 1, do_sockets },
	{ "together", 4, do_together },
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	memset(data, 'x', sizeof(data));
	truth_script(verbs, argc, argv);
	return 0;
}
