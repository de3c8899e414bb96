/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A burst fills the ring in tens of milliseconds. The fair scheduler, on a host whose CPUs are all
 * busy, may let us wait ten times as long: with autogroups (kernel/sched/autogroup.c) we stand with
 * the whole of our session behind another, whatever our nice value is. So the reader runs ahead of
 * all fair tasks, as `perf record --realtime` does, and behind whoever asked for more than that.
 *
 * That must not become a weapon: who floods us would make us starve others. When we have run for
 * BUSY_US without ever waiting (RLIMIT_RTTIME) the kernel sends SIGXCPU, and we stand in line like
 * everybody else for LOWERED_NS; what is lost then is counted like any loss. Owns that signal.
 */
#include "realtime.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "log.h"
#include "util/macro.h"

#define BUSY_US	   200000
#define LOWERED_NS (5 * NW_NSEC_PER_SEC)
#define NICE	   (-10)

static volatile sig_atomic_t is_lowered;
static uint64_t lowered_ns;

static int set_policy(int policy, int priority)
{
	const struct sched_param p = { .sched_priority = priority };

	return sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &p) < 0 ? -errno : 0;
}

static void on_busy(int signum)
{
	int saved = errno;

	(void)signum;
	(void)set_policy(SCHED_OTHER, 0);
	is_lowered = 1;
	errno = saved;
}

/* RLIMIT_RTPRIO lets us come back to this priority, and no higher, without any privilege; a container
 * may refuse that, and then what is lowered stays so. */
static int set_limits(void)
{
	const struct rlimit priority = { .rlim_cur = 1, .rlim_max = 1 };
	const struct rlimit busy = { .rlim_cur = BUSY_US, .rlim_max = RLIM_INFINITY };
	const struct sigaction sa = { .sa_handler = on_busy, .sa_flags = SA_RESTART };

	if (sigaction(SIGXCPU, &sa, NULL) < 0 || setrlimit(RLIMIT_RTTIME, &busy) < 0) {
		return -errno;
	}
	(void)setrlimit(RLIMIT_RTPRIO, &priority);
	return 0;
}

int nw_realtime_raise(void)
{
	int r = set_limits();

	if (r == 0) {
		r = set_policy(SCHED_RR, 1);
	}
	if (r == 0) {
		return 0;
	}
	nw_info("no real-time priority: %s; a burst on a busy host may be lost", strerror(-r));
	return setpriority(PRIO_PROCESS, 0, NICE) < 0 ? -EPERM : 0;
}

void nw_realtime_keep(uint64_t now_ns)
{
	if (!is_lowered) {
		return;
	}
	if (!lowered_ns) {
		lowered_ns = now_ns;
		nw_info("busy for too long at a stretch: other programs go first for a while");
	} else if (now_ns > lowered_ns + LOWERED_NS) {
		lowered_ns = 0;
		is_lowered = 0;
		(void)set_policy(SCHED_RR, 1);
	}
}
