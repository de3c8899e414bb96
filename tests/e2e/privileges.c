/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Once it observes, nvrwatch is nobody: the kernel says so, and while it works it makes no bpf()
 * call and opens nothing of another process.
 */
#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "root/support.h"

/* Real, effective, saved and for files: all the same, and not root's. */
static void check_ids(pid_t pid, const char *key)
{
	char text[512];
	unsigned id[4];

	assert_true(nw_status_of(pid, key, text, sizeof(text)));
	assert_int_equal(sscanf(text, "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]), 4);
	for (int i = 0; i < 4; i++) {
		assert_int_not_equal(id[i], 0);
		assert_int_equal(id[i], id[0]);
	}
}

static void test_identity(void **state)
{
	pid_t pid = nw_session()->tool->pid;

	(void)state;
	check_ids(pid, "Uid");
	check_ids(pid, "Gid");
	nw_status_check(pid, "Groups", "");
	nw_status_check(pid, "CapInh", "0000000000000000");
	nw_status_check(pid, "CapPrm", "0000000000000000");
	nw_status_check(pid, "CapEff", "0000000000000000");
	nw_status_check(pid, "CapBnd", "0000000000000000");
	nw_status_check(pid, "CapAmb", "0000000000000000");
	nw_status_check(pid, "NoNewPrivs", "1");
	nw_status_check(pid, "Seccomp", "2");
}

struct work {
	struct nw_tool *tool;
	pid_t last; /* the work is done when its end was told and the ledger was asked */
};

static bool is_told(void *ctx, const struct nw_syscalls *seen)
{
	struct work *w = ctx;

	nw_tool_read(w->tool, 0);
	return seen->opens > 0 &&
	       nw_tool_count(w->tool,
			     "event.dataset=nvrwatch.process event.action=exit process.pid=%d",
			     w->last) > 0;
}

static void test_at_work(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_syscalls *seen = calloc(1, sizeof(*seen));
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	struct nw_actor *last;

	(void)state;
	assert_non_null(seen);
	nw_tool_settle(
		s->tool); /* what is left of earlier tests would take its time, call by call */
	last = nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 12345 close",
			      nw_actor_port(far));
	nw_syscalls_watch(s->tool->pid, is_told, &(struct work){ s->tool, last->pid }, seen);
	nw_actor_end(last);
	nw_tool_await(s->tool, "event.dataset=nvrwatch.process event.action=exit process.pid=%d",
		      last->pid);
	/* it was looked at while it worked */
	assert_true(seen->of[SYS_write] + seen->of[SYS_writev] > 0);
	assert_true(seen->opens > 0);
	assert_int_equal(seen->of[SYS_bpf], 0);
	for (unsigned i = 0; i < seen->opened_len; i++) {
		if (strncmp(seen->opened[i], "/proc", 5) == 0) {
			fail_msg("it opens %s", seen->opened[i]);
		}
	}
	free(seen);
	nw_tool_settle(s->tool); /* and it is alive after this */
}

NW_TESTS(e2e_privileges, NW_ROOT_TEST(test_identity), NW_ROOT_TEST(test_at_work));
