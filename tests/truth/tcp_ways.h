/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of tcp that move bytes without write(2) and read(2):
 *	sendfile BYTES		from a file in memory
 *	splice BYTES		from a pipe
 *	drain BYTES		into a pipe
 *	zerocopy BYTES		MSG_ZEROCOPY, each part waited for until the kernel gave it back
 *	fastopen ADDR PORT BYTES	connects, with the bytes in the first packet
 *	stream BYTES MBITS	evenly, so many Mbit/s
 *	may-fastopen		both sides may, in this network namespace, without a cookie
 */
#pragma once

#include <fcntl.h>
#include <linux/errqueue.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <time.h>

#include "tcp.h"

static void do_sendfile(char **args)
{
	uint64_t left = truth_number(args[0], INT32_MAX);
	int file = memfd_create("nw-data", MFD_CLOEXEC);

	truth_check(file >= 0 && !ftruncate(file, (off_t)left), "memfd");
	while (left > 0) {
		ssize_t n = sendfile(fd, file, NULL, left);

		truth_check(n > 0, "sendfile");
		left -= (uint64_t)n;
		tally->wrote += (uint64_t)n;
	}
	close(file);
}

static void do_splice(char **args)
{
	uint64_t left = truth_number(args[0], UINT64_MAX);
	int pipes[2];

	truth_check(!pipe2(pipes, O_CLOEXEC), "pipe");
	while (left > 0) {
		ssize_t n = write(pipes[1], chunk, NW_MIN(left, (uint64_t)CHUNK));

		truth_check(n > 0, "write");
		while (n > 0) {
			ssize_t moved = splice(pipes[0], NULL, fd, NULL, (size_t)n, 0);

			truth_check(moved > 0, "splice");
			n -= moved;
			left -= (uint64_t)moved;
			tally->wrote += (uint64_t)moved;
		}
	}
	close(pipes[0]);
	close(pipes[1]);
}

static void do_stream(char **args)
{
	uint64_t left = truth_number(args[0], UINT64_MAX);
	uint64_t step_ns = CHUNK * 8 * 1000ULL / truth_number(args[1], 100000);
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	while (left > 0) {
		uint64_t n = NW_MIN(left, (uint64_t)CHUNK);

		tcp_send(n);
		left -= n;
		next.tv_nsec += (long)step_ns;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}

static void do_drain(char **args)
{
	uint64_t left = truth_number(args[0], UINT64_MAX);
	int pipes[2];

	truth_check(!pipe2(pipes, O_CLOEXEC), "pipe");
	while (left > 0) {
		ssize_t n = splice(fd, NULL, pipes[1], NULL, NW_MIN(left, (uint64_t)CHUNK), 0);

		truth_check(n > 0, "splice");
		truth_check(read(pipes[0], chunk, (size_t)n) == n, "read");
		left -= (uint64_t)n;
		tally->read += (uint64_t)n;
	}
	close(pipes[0]);
	close(pipes[1]);
}

/* The kernel says on the error queue that it needs the memory no more. */
static void wait_for_memory(void)
{
	struct pollfd p = { .fd = fd };
	char control[128];
	struct msghdr m = { .msg_control = control, .msg_controllen = sizeof(control) };

	truth_check(poll(&p, 1, -1) == 1, "poll");
	truth_check(recvmsg(fd, &m, MSG_ERRQUEUE) >= 0, "MSG_ERRQUEUE");
}

static void do_zerocopy(char **args)
{
	uint64_t left = truth_number(args[0], UINT64_MAX);
	int on = 1;

	truth_check(!setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)), "SO_ZEROCOPY");
	while (left > 0) {
		ssize_t n = send(fd, chunk, NW_MIN(left, (uint64_t)CHUNK), MSG_ZEROCOPY);

		truth_check(n > 0, "MSG_ZEROCOPY");
		wait_for_memory();
		left -= (uint64_t)n;
		tally->wrote += (uint64_t)n;
	}
}

/* Documentation/networking/ip-sysctl.rst */
static void do_may_fastopen(char **args)
{
	enum {
		CLIENT = 1,
		SERVER = 2,
		CLIENT_NO_COOKIE = 4,
		SERVER_NO_COOKIE = 0x200,
		SERVER_ALWAYS = 0x400
	};
	FILE *f = fopen("/proc/sys/net/ipv4/tcp_fastopen", "we");

	(void)args;
	truth_check(f &&
			    fprintf(f, "%d",
				    CLIENT | SERVER | CLIENT_NO_COOKIE | SERVER_NO_COOKIE |
					    SERVER_ALWAYS) > 0 &&
			    !fclose(f),
		    "tcp_fastopen");
}

static void do_fastopen(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);
	size_t bytes = truth_number(args[2], CHUNK);

	fd = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	truth_check(fd >= 0, "socket");
	truth_check(sendto(fd, chunk, bytes, MSG_FASTOPEN, (struct sockaddr *)&a.sa, a.len) ==
			    (ssize_t)bytes,
		    "MSG_FASTOPEN");
	tally->wrote += bytes;
	truth_ends(fd, ends);
}

#define TCP_WAYS_VERBS                                                                  \
	{ "drain", 1, do_drain }, { "fastopen", 3, do_fastopen },                       \
		{ "may-fastopen", 0, do_may_fastopen }, { "sendfile", 1, do_sendfile }, \
		{ "splice", 1, do_splice }, { "stream", 2, do_stream },                 \
	{                                                                               \
		"zerocopy", 1, do_zerocopy                                              \
	}
