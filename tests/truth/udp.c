/* SPDX-License-Identifier: Apache-2.0 */
/*
 * udp VERB...: one or more UDP sockets. "truth" prints, for each socket, what this program handed
 * to it and had from it: a datagram's far end is the program that received it.
 */
#include <netinet/udp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "crowd.h"
#include "drift.h"
#include "netns.h"
#include "truth.h"
#include "unmap.h"

#define SOCKETS_MAX  128
#define SIZE_MAX_UDP 60000
#define DATA_MAX     (1 << 18)

struct socket {
	int fd;
	uint64_t sent, sent_packets;
	uint64_t received, received_packets;
};

static struct socket sockets[SOCKETS_MAX];
static int count;
static int rcvbuf;	    /* 0 = as the system has it */
static bool is_crowded;	    /* no room for options */
static char data[DATA_MAX]; /* what is sent, from ever another place: it does not compress */
static char got_data[SIZE_MAX_UDP];

static struct socket *add(int family)
{
	struct socket *s = &sockets[count];

	errno = ENOSPC;
	truth_check(count < SOCKETS_MAX, "sockets");
	s->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	truth_check(s->fd >= 0, "socket");
	truth_check(!rcvbuf || !setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf)),
		    "SO_RCVBUF");
	if (is_crowded) {
		truth_crowd(s->fd);
	}
	count++;
	return s;
}

static void do_socket(char **args)
{
	add(truth_number(args[0], 6) == 6 ? AF_INET6 : AF_INET);
}

/* ADDR N: N sockets, each on a port of its own. */
static void do_bind(char **args)
{
	struct truth_addr a = truth_addr(args[0], "0");
	uint64_t n = truth_number(args[1], SOCKETS_MAX);

	printf("{\"pid\":%d,\"ports\":[", getpid());
	for (uint64_t i = 0; i < n; i++) {
		struct truth_addr got = { .len = sizeof(got.sa) };
		struct socket *s = add(a.sa.ss_family);

		truth_check(!bind(s->fd, (struct sockaddr *)&a.sa, a.len), "bind");
		truth_check(!getsockname(s->fd, (struct sockaddr *)&got.sa, &got.len),
			    "getsockname");
		printf("%s%u", i ? "," : "", truth_port(&got));
	}
	truth_print("]}");
}

/* ADDR PORT: one socket on this port. */
static void do_from(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	struct socket *s = add(a.sa.ss_family);

	truth_check(!bind(s->fd, (struct sockaddr *)&a.sa, a.len), "bind");
}

/* ADDR: one socket on a port that no client gets by itself (see ip_local_port_range). */
static void do_serve(char **args)
{
	struct socket *s = NULL;

	for (unsigned port = 2000 + (unsigned)getpid() % 28000; !s; port++) {
		struct truth_addr a;
		char text[8];

		snprintf(text, sizeof(text), "%u", port);
		a = truth_addr(args[0], text);
		s = add(a.sa.ss_family);
		if (bind(s->fd, (struct sockaddr *)&a.sa, a.len) < 0) {
			truth_check(errno == EADDRINUSE, "bind");
			close(s->fd);
			s = NULL;
			count--;
		} else {
			truth_print("{\"pid\":%d,\"port\":%u}", getpid(), port);
		}
	}
}

static void do_connect(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	struct socket *s = count ? &sockets[0] : add(a.sa.ss_family);

	truth_check(!connect(s->fd, (struct sockaddr *)&a.sa, a.len), "connect");
}

static void fill_data(void)
{
	uint32_t x = 2463534242U; /* xorshift32: any noise does */

	for (size_t i = 0; i < DATA_MAX; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		data[i] = (char)x;
	}
}

static const char *next_data(size_t size)
{
	static size_t at;

	at = at + size > DATA_MAX - SIZE_MAX_UDP ? 0 : at + size;
	return data + at;
}

/* MTU: everything after this in a namespace of its own, whose loopback cuts datagrams to it. */
static void do_netns(char **args)
{
	truth_netns((int)truth_number(args[0], 65536));
}

/* ADDR: two sockets that talk to each other; the first one is it that sends. */
static void do_pair(char **args)
{
	struct truth_addr to = { .len = sizeof(to.sa) };
	char one[] = "1";
	char *bind_args[] = { args[0], one };
	int first = count;

	do_bind(bind_args);
	do_bind(bind_args);
	for (int i = 0; i < 2; i++) {
		to.len = sizeof(to.sa);
		truth_check(
			!getsockname(sockets[first + 1 - i].fd, (struct sockaddr *)&to.sa,
				     &to.len) &&
				!connect(sockets[first + i].fd, (struct sockaddr *)&to.sa, to.len),
			"connect");
	}
}

/* BYTES: of sockets that are made after this */
static void do_rcvbuf(char **args)
{
	rcvbuf = (int)truth_number(args[0], INT32_MAX);
}

/* Sockets that are there, and those that are made after this, have no room for options. */
static void do_crowd(char **args)
{
	(void)args;
	is_crowded = true;
	for (int i = 0; i < count; i++) {
		truth_crowd(sockets[i].fd);
	}
}

static void tally_sent(struct socket *s, ssize_t sent, size_t size)
{
	truth_check(sent == (ssize_t)size, "send");
	s->sent += size;
	s->sent_packets++;
}

/* COUNT SIZE, to the connected peer */
static void do_send(char **args)
{
	uint64_t n = truth_number(args[0], UINT64_MAX);
	size_t size = truth_number(args[1], SIZE_MAX_UDP);

	for (uint64_t i = 0; i < n; i++) {
		tally_sent(&sockets[0], send(sockets[0].fd, next_data(size), size, 0), size);
	}
}

/* COUNT SIZE SEGMENT: as do_send(), but the kernel cuts each into datagrams of SEGMENT bytes. */
static void do_segment(char **args)
{
	uint64_t n = truth_number(args[0], UINT64_MAX);
	size_t size = truth_number(args[1], SIZE_MAX_UDP);
	int segment = (int)truth_number(args[2], UINT16_MAX);
	struct socket *s = &sockets[0];

	truth_check(!setsockopt(s->fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)),
		    "UDP_SEGMENT");
	for (uint64_t i = 0; i < n; i++) {
		tally_sent(s, send(s->fd, next_data(size), size, 0), size);
		s->sent_packets += (size - 1) / (size_t)segment;
	}
}

/* ADDR COUNT SIZE PORT,PORT...: COUNT datagrams to each; SIZE grows by one from port to port, so
 * that no two peers move the same. */
static void do_spray(char **args)
{
	uint64_t n = truth_number(args[1], UINT64_MAX);
	size_t size = truth_number(args[2], SIZE_MAX_UDP);
	char *rest = args[3];
	char *port;

	while ((port = strsep(&rest, ","))) {
		struct truth_addr a = truth_addr(args[0], port);

		for (uint64_t i = 0; i < n; i++) {
			tally_sent(&sockets[0],
				   sendto(sockets[0].fd, next_data(size), size, 0,
					  (struct sockaddr *)&a.sa, a.len),
				   size);
		}
		size++;
	}
}

/* ADDR SIZE PORT,PORT...: as spray does, one to each, in one system call */
static void do_spray_at_once(char **args)
{
	static struct truth_addr to[SOCKETS_MAX];
	static struct mmsghdr m[SOCKETS_MAX];
	static struct iovec iov[SOCKETS_MAX];
	size_t size = truth_number(args[1], SIZE_MAX_UDP);
	char *rest = args[2];
	unsigned n = 0;
	char *port;

	errno = ENOSPC;
	while ((port = strsep(&rest, ","))) {
		truth_check(n < SOCKETS_MAX, "ports");
		to[n] = truth_addr(args[0], port);
		iov[n] = (struct iovec){ data, size + n };
		m[n].msg_hdr = (struct msghdr){
			.msg_name = &to[n].sa,
			.msg_namelen = to[n].len,
			.msg_iov = &iov[n],
			.msg_iovlen = 1,
		};
		n++;
	}
	truth_check(sendmmsg(sockets[0].fd, m, n, 0) == (int)n, "sendmmsg");
	for (unsigned i = 0; i < n; i++) {
		tally_sent(&sockets[0], (ssize_t)m[i].msg_len, size + i);
	}
}

struct side {
	pthread_t thread;
	const struct truth_addr *to;
	int first;
	size_t size;
	int failed; /* errno */
};

static atomic_int arrived;

/* One of two threads, each on a CPU of its own: when both have come to this socket, each sends. */
static void *fire(void *arg)
{
	struct side *x = arg;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(x->first, &cpus); /* where there is only one they take turns */
	(void)pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	for (int i = x->first; i < count; i += 2) {
		struct socket *s = &sockets[i];

		atomic_fetch_add(&arrived, 1);
		for (int spins = 1; atomic_load(&arrived) < i - x->first + 2; spins++) {
			if (spins % 4096 == 0) { /* there is only one CPU */
				sched_yield();
			}
		}
		if (sendto(s->fd, data, x->size + (size_t)i, 0, (const struct sockaddr *)&x->to->sa,
			   x->to->len) < 0) {
			x->failed = errno;
		}
		s->sent += x->size + (uint64_t)i;
		s->sent_packets++;
	}
	return NULL;
}

/* ADDR SIZE PORT,PORT...: a datagram from each socket to each port, from two at the same moment. SIZE
 * grows by one from socket to socket. */
static void do_crossfire(char **args)
{
	size_t size = truth_number(args[1], SIZE_MAX_UDP - SOCKETS_MAX);
	char *rest = args[2];
	char *port;

	errno = EINVAL;
	truth_check(count % 2 == 0, "an even number of sockets");
	while ((port = strsep(&rest, ","))) {
		struct truth_addr to = truth_addr(args[0], port);
		struct side side[2];

		atomic_store(&arrived, 0);
		for (int i = 0; i < 2; i++) {
			side[i] = (struct side){ .to = &to, .first = i, .size = size };
			errno = pthread_create(&side[i].thread, NULL, fire, &side[i]);
			truth_check(!errno, "pthread_create");
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(side[i].thread, NULL);
			errno = side[i].failed;
			truth_check(!errno, "sendto");
		}
	}
}

/* N datagrams over all sockets; each goes back, as it came, when is_echo. */
static void receive(uint64_t n, bool is_echo)
{
	struct pollfd polls[SOCKETS_MAX];

	for (int i = 0; i < count; i++) {
		polls[i] = (struct pollfd){ .fd = sockets[i].fd, .events = POLLIN };
	}
	while (n > 0) {
		truth_check(poll(polls, (nfds_t)count, -1) > 0, "poll");
		for (int i = 0; i < count && n > 0; i++) {
			struct truth_addr from = { .len = sizeof(from.sa) };
			struct sockaddr *sa = (struct sockaddr *)&from.sa;
			ssize_t got;

			if (!(polls[i].revents & POLLIN)) {
				continue;
			}
			got = recvfrom(sockets[i].fd, got_data, sizeof(got_data), 0, sa, &from.len);
			truth_check(got >= 0, "recvfrom");
			sockets[i].received += (uint64_t)got;
			sockets[i].received_packets++;
			n--;
			if (is_echo) {
				tally_sent(&sockets[i],
					   sendto(sockets[i].fd, got_data, (size_t)got, 0, sa,
						  from.len),
					   (size_t)got);
			}
		}
	}
}

static void do_recv(char **args)
{
	receive(truth_number(args[0], UINT64_MAX), false);
}

static void do_echo(char **args)
{
	receive(truth_number(args[0], UINT64_MAX), true);
}

/* What is there, and no more. */
static void do_drain(char **args)
{
	ssize_t n;

	(void)args;
	while ((n = recv(sockets[0].fd, got_data, sizeof(got_data), MSG_DONTWAIT)) >= 0) {
		sockets[0].received += (uint64_t)n;
		sockets[0].received_packets++;
	}
	truth_check(errno == EAGAIN, "recv");
}

static void do_truth(char **args)
{
	(void)args;
	printf("{\"pid\":%d,\"sockets\":[", getpid());
	for (int i = 0; i < count; i++) {
		const struct socket *s = &sockets[i];

		printf("%s{", i ? "," : "");
		truth_print_ends(s->fd);
		printf("\"sent\":%" PRIu64 ",\"sent_packets\":%" PRIu64 ",\"received\":%" PRIu64
		       ",\"received_packets\":%" PRIu64 "}",
		       s->sent, s->sent_packets, s->received, s->received_packets);
	}
	truth_print("]}");
}

static void do_close(char **args)
{
	(void)args;
	for (int i = 0; i < count; i++) {
		truth_check(!close(sockets[i].fd), "close");
	}
	count = 0;
}

/* The first socket: nobody has it open until "ashore". */
static void do_adrift(char **args)
{
	(void)args;
	drift_out(sockets[0].fd);
}

static void do_ashore(char **args)
{
	(void)args;
	sockets[0].fd = drift_in();
}

/* MAP: the last socket is taken out of the maps of this name; of one at least. */
static void do_unmap(char **args)
{
	errno = ENOENT;
	truth_check(truth_unmap(args[0], sockets[count - 1].fd) > 0, "unmap");
}

static const struct truth_verb verbs[] = {
	{ "adrift", 0, do_adrift },   { "ashore", 0, do_ashore },
	{ "bind", 2, do_bind },	      { "close", 0, do_close },
	{ "crowd", 0, do_crowd },     { "connect", 2, do_connect },
	{ "drain", 0, do_drain },     { "echo", 1, do_echo },
	{ "from", 2, do_from },	      { "netns", 1, do_netns },
	{ "pair", 1, do_pair },	      { "rcvbuf", 1, do_rcvbuf },
	{ "segment", 3, do_segment }, { "recv", 1, do_recv },
	{ "send", 2, do_send },	      { "serve", 1, do_serve },
	{ "spray", 4, do_spray },     { "socket", 1, do_socket },
	{ "truth", 0, do_truth },     { "spray-at-once", 3, do_spray_at_once },
	{ "unmap", 1, do_unmap },     { "crossfire", 3, do_crossfire },
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	fill_data();
	truth_script(verbs, argc, argv);
	return 0;
}
