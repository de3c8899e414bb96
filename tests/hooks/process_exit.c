/* SPDX-License-Identifier: Apache-2.0 */
/* process_exit: how a process ended, once, when its last thread did. */
#include <signal.h>
#include <sys/wait.h>

#include "root/support.h"

static struct json_object *exit_of(struct nw_tool *t, const struct nw_actor *a)
{
	return nw_tool_await(t, "event.dataset=nvrwatch.process event.action=exit process.pid=%d",
			     a->pid);
}

static unsigned exits_of(struct nw_tool *t, const struct nw_actor *a)
{
	nw_tool_settle(t);
	return nw_tool_count(t, "event.dataset=nvrwatch.process event.action=exit process.pid=%d",
			     a->pid);
}

static void test_status(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "proc exit 77");

	(void)state;
	assert_int_equal(WEXITSTATUS(nw_actor_end(a)), 77);
	assert_int_equal(nw_rec_u64(exit_of(s->tool, a), "process.exit_code"), 77);
}

/* As shells say it, 128 + the signal, and the signal by itself. */
static void test_signal(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "proc die 9");

	(void)state;
	assert_int_equal(WTERMSIG(nw_actor_end(a)), SIGKILL);
	nw_rec_check(exit_of(s->tool, a), "process.exit_code=137 nvrwatch.exit_signal=9");
}

static void test_last_thread(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "proc leader");

	(void)state;
	nw_actor_truth(a);
	assert_int_equal(exits_of(s->tool, a), 0); /* its first thread is gone: that was no end */
	nw_actor_say(a, "go");
	assert_int_equal(nw_rec_u64(exit_of(s->tool, a), "process.exit_code"), 5);
	assert_int_equal(exits_of(s->tool, a), 1);
}

NW_TESTS(hooks_process_exit, NW_ROOT_TEST(test_status), NW_ROOT_TEST(test_signal),
	 NW_ROOT_TEST(test_last_thread));
