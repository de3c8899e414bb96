/* SPDX-License-Identifier: Apache-2.0 */
/* process_fork: a child that never execs is known by what it inherited, and by its parent. */
#include "root/support.h"

static void test_child(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN,
			       "tcp fork connect 127.0.0.1 %u send 4001 truth close "
			       "join wait",
			       port);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = (pid_t)child, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);
	struct json_object *parent = nw_tool_await(
		s->tool, "event.dataset=nvrwatch.process event.action=exec process.pid=%d",
		seen->pid);

	(void)state;
	assert_int_not_equal(child, seen->pid);
	assert_int_equal(sum.sent, 4001);
	assert_int_equal(nw_rec_u64(sum.last, "process.parent.pid"), seen->pid);
	assert_string_equal(nw_rec_str(sum.last, "process.executable"),
			    nw_rec_str(parent, "process.executable"));
	assert_string_not_equal(nw_rec_str(sum.last, "process.entity_id"),
				nw_rec_str(parent, "process.entity_id"));
}

/* A child that was not seen to be made is no mystery to the ledger of losses either. */
static void test_threads_are_none(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "proc threads 20 children 2");

	(void)state;
	nw_actor_end(a);
	nw_tool_settle(s->tool);
	/* its own exec and exit: neither threads nor children that ran nothing are told */
	assert_int_equal(nw_tool_count(s->tool,
				       "event.dataset=nvrwatch.process process.parent.pid=%d",
				       a->pid),
			 0);
	assert_int_equal(
		nw_tool_count(s->tool, "event.dataset=nvrwatch.process process.pid=%d", a->pid), 2);
}

NW_TESTS(hooks_process_fork, NW_ROOT_TEST(test_child), NW_ROOT_TEST(test_threads_are_none));
