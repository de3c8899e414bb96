/* SPDX-License-Identifier: Apache-2.0 */
/* How long a condition may take to come true before the test fails, and ends waited for so. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "root/support.h"

#define ALLOWANCE_S   15
#define EMULATED_SLOW 4

unsigned nw_deadline_slowness(void)
{
	const char *set = getenv("NW_SLOW");
	int n = set ? atoi(set) : 0;

	if (n > 0) {
		return (unsigned)n;
	}
	return nw_is_emulated() ? EMULATED_SLOW : 1;
}

uint64_t nw_deadline_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NW_NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

uint64_t nw_deadline(void)
{
	return nw_deadline_now() + (uint64_t)ALLOWANCE_S * nw_deadline_slowness() * NW_NSEC_PER_SEC;
}

bool nw_deadline_is_over(uint64_t deadline)
{
	return nw_deadline_now() >= deadline;
}

int nw_deadline_left_ms(uint64_t deadline)
{
	uint64_t now = nw_deadline_now();

	return deadline > now ? (int)((deadline - now) / NW_NSEC_PER_MSEC) + 1 : 0;
}

/* A pidfd becomes readable when its process ends. */
int nw_deadline_child(pid_t pid, int *ret_status)
{
	struct pollfd p = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	uint64_t deadline = nw_deadline();
	int r = 0;

	assert_true(p.fd >= 0);
	while (r == 0 && !nw_deadline_is_over(deadline)) {
		r = poll(&p, 1, nw_deadline_left_ms(deadline));
		r = r < 0 && errno == EINTR ? 0 : r;
	}
	close(p.fd);
	if (r <= 0) {
		return -ETIMEDOUT;
	}
	return waitpid(pid, ret_status, 0) == pid ? 0 : -errno;
}
