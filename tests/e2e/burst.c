/* SPDX-License-Identifier: Apache-2.0 */
/* A burst of work on a host whose CPUs all belong to others is told whole. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

#define RUNS	 800 /* some 700 bytes each, eight times the ring; fewer where each takes long */
#define HOGS_MAX 8
#define HOG_S	 30

struct hogs {
	pid_t pid[HOGS_MAX];
	unsigned len;
};

/* Each in a session of its own, which the kernel schedules as a whole against ours. */
static void start_hogs(struct hogs *h)
{
	h->len = NW_MIN(2 * (unsigned)sysconf(_SC_NPROCESSORS_ONLN), HOGS_MAX);
	for (unsigned i = 0; i < h->len; i++) {
		h->pid[i] = fork();
		assert_true(h->pid[i] >= 0);
		if (h->pid[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			alarm(HOG_S * nw_deadline_slowness()); /* also when the test fails */
			setsid();
			for (;;) {
				__asm__ volatile("" ::: "memory");
			}
		}
	}
}

static void stop_hogs(struct hogs *h)
{
	for (unsigned i = 0; i < h->len; i++) {
		kill(h->pid[i], SIGKILL);
		waitpid(h->pid[i], NULL, 0);
	}
}

/* Its output goes to a file, so that nobody has to read along. */
static struct nw_tool *start_tool(void)
{
	struct nw_tool_options opt = { .out_fd = -1 };
	uint64_t deadline = nw_deadline();
	struct nw_tool *t;
	struct stat st;
	char config[NW_TOOL_CONFIG];
	char path[128];

	snprintf(path, sizeof(path), "%s/burst.out", nw_place_files());
	opt.out_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(opt.out_fd > 0);
	nw_tool_config("limits: {ring_bytes: 65536}\n", config);
	t = nw_tool_start(&opt, "trace -o json --config %s --cgroup %s", config,
			  nw_place_dir(NW_PLACE_SEEN));
	while (stat(path, &st) < 0 || st.st_size == 0) {
		if (nw_deadline_is_over(deadline)) {
			nw_tool_fail(t, "it does not begin");
		}
		poll(NULL, 0, 10);
	}
	return t;
}

static void test_ahead_of_others(void **state)
{
	pid_t pid = nw_session()->tool->pid;
	struct sched_param p;

	(void)state;
	assert_int_equal(sched_getscheduler(pid) & ~SCHED_RESET_ON_FORK, SCHED_RR);
	assert_int_equal(sched_getparam(pid, &p), 0);
	assert_int_equal(p.sched_priority, 1);
}

/* From 7.0 on the kernel leaves runs out where a program lost its turn (loss "skipped"): that is its choice, not
 * ours, and counted. Nothing else may be lost. */
static bool is_whole(const char *said)
{
	struct utsname u;
	unsigned long n;
	int end = 0;
	const char *lost = strstr(said, "<4>lost ");

	if (strstr(said, "nothing lost")) {
		return true;
	}
	return uname(&u) == 0 && strtoul(u.release, NULL, 10) >= 7 && lost &&
	       sscanf(lost, "<4>lost %lu: skipped%n", &n, &end) == 1 && end > 0 &&
	       lost[end] == '\n';
}

static void test_burst_beside_others(void **state)
{
	struct nw_tool *t = start_tool();
	int slow = (int)nw_deadline_slowness();
	struct hogs hogs = { .len = 0 };
	struct nw_actor *a[4];

	(void)state;
	start_hogs(&hogs);
	for (size_t i = 0; i < NW_ARRAY_SIZE(a); i++) {
		a[i] = nw_actor_start(NW_PLACE_SEEN, "proc runs %d 0",
				      RUNS / (int)NW_ARRAY_SIZE(a) / (slow * slow));
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(a); i++) {
		nw_actor_truth(a[i]);
	}
	stop_hogs(&hogs);
	nw_tool_stop(t, SIGINT);
	if (!is_whole(t->err.text)) {
		nw_tool_fail(t, "something was lost");
	}
}

NW_TESTS(e2e_burst, NW_ROOT_TEST(test_ahead_of_others), NW_ROOT_TEST(test_burst_beside_others));
