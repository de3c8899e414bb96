/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the load generators share: clocks, arguments, addresses, the hard time limit.
 * Owns nothing. Every error ends the program with a sentence on stderr and status 1: a load that
 * did not do what it says must never become a measurement.
 */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NW_LOAD_NS_PER_S  1000000000ull
#define NW_LOAD_NS_PER_MS 1000000ull

/* Bounded in time whatever happens: SIGALRM's default action ends the process. */
static inline void nw_load_begin(unsigned int limit_s)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)alarm(limit_s);
}

__attribute__((format(printf, 1, 2), noreturn)) static inline void nw_load_die(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, ": %s\n", err ? strerror(err) : "wrong arguments");
	exit(1);
}

static inline uint64_t nw_load_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NW_LOAD_NS_PER_S + (uint64_t)ts.tv_nsec;
}

static inline void nw_load_sleep_until_ns(uint64_t when_ns)
{
	struct timespec ts = { .tv_sec = (time_t)(when_ns / NW_LOAD_NS_PER_S),
			       .tv_nsec = (long)(when_ns % NW_LOAD_NS_PER_S) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		continue;
}

/* Own CPU time and that of children which were waited for, ns. */
static inline uint64_t nw_load_cpu_ns(void)
{
	static const int who[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	uint64_t sum_us = 0;
	struct rusage ru;
	size_t i;

	for (i = 0; i < sizeof(who) / sizeof(*who); i++) {
		(void)getrusage(who[i], &ru);
		sum_us += (uint64_t)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000000u;
		sum_us += (uint64_t)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
	}
	return sum_us * 1000u;
}

static inline uint32_t nw_load_number(const char *text, uint32_t min, uint32_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || value < min || value > max)
		nw_load_die("'%s' is not a number in %u..%u", text, min, max);
	return (uint32_t)value;
}

static inline struct sockaddr_in nw_load_address(const char *ip, uint32_t port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	errno = 0;
	if (inet_pton(AF_INET, ip, &sa.sin_addr) != 1)
		nw_load_die("'%s' is not an IPv4 address", ip);
	return sa;
}

/* A listening or bound socket; type as for socket(2), flags included. */
static inline int nw_load_bind(int type, const struct sockaddr_in *sa)
{
	int fd = socket(AF_INET, type, 0);
	int one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    bind(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0)
		nw_load_die("cannot bind port %u", ntohs(sa->sin_port));
	if ((type & SOCK_STREAM) && listen(fd, 1024) < 0)
		nw_load_die("cannot listen on port %u", ntohs(sa->sin_port));
	return fd;
}

/* The harness waits for this line before it starts the other end. */
static inline void nw_load_ready(void)
{
	(void)puts("ready");
	(void)fflush(stdout);
}
