/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_link: what a packet socket sent is told while it is open, and again as a sum at its end; also when
 * its flow had to leave a full table in between.
 */
#include "root/support.h"

#define FLOW "event.dataset=nvrwatch.flow nvrwatch.socket.family=packet nvrwatch.socket.inode=%ju "

/* A packet socket, told, that has begun to send 2,000 bytes and is to send 3,000 more. */
static struct nw_actor *start_sender(struct nw_tool *t, uintmax_t *ret_inode)
{
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "packet newnet link open wait send 10 200 "
					      "wait send 3 1000 wait close wait");

	nw_actor_truth(a);
	*ret_inode = nw_rec_u64(nw_actor_truth(a), "inode");
	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju", *ret_inode);
	nw_actor_say(a, "send");
	return a;
}

static void test_open_and_ended(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	uintmax_t inode;
	struct nw_actor *a = start_sender(t, &inode);

	(void)state;
	nw_tool_await(t, FLOW "nvrwatch.total.source.bytes=2000 nvrwatch.total.source.packets=10",
		      inode);
	nw_actor_say(a, "send");
	nw_tool_await(t, FLOW "nvrwatch.total.source.bytes=5000 nvrwatch.total.source.packets=13",
		      inode);
	assert_int_equal(nw_tool_count(t, FLOW "event.action=end", inode), 0);
	nw_actor_say(a, "close");
	nw_tool_await(t, FLOW "event.action=end nvrwatch.total.source.bytes=5000 process.pid=%d",
		      inode, a->pid);
}

#define MANY 200 /* more flows than the smallest table holds */

/* So many flows, open at once, that what was told before has left the table. */
static void fill_table(struct nw_tool *t)
{
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "flood accepts 127.0.0.1 %d", MANY);
	unsigned port = nw_actor_port(far);
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "flood together 127.0.0.1 %u %d 100", port, MANY);

	nw_actor_truth(a);
	nw_tool_await_loss(t, "flow_evicted");
	nw_actor_say(a, "again");
	nw_actor_truth(a);
	nw_actor_say(a, "close");
	nw_actor_done(a);
	nw_tool_settle(t);
}

/* What had been sent by the look before is not told again by the flow that begins anew. */
static void test_begun_anew(void **state)
{
	struct nw_tool *t = nw_tool_trace_with("limits:\n  flows: 64\n", "");
	uintmax_t inode;
	struct nw_actor *a = start_sender(t, &inode);

	(void)state;
	nw_tool_await(t, FLOW "nvrwatch.total.source.bytes=2000", inode);
	fill_table(t);
	nw_actor_say(a, "send");
	nw_tool_await(t, FLOW "nvrwatch.total.source.bytes=5000", inode);
	nw_actor_say(a, "close");
	nw_tool_await(t, FLOW "event.action=end", inode);
	assert_int_equal(nw_tool_count(t, FLOW "nvrwatch.flow.record=1", inode), 2);
	assert_int_equal(nw_tool_sum(t, "source.bytes",
				     "event.dataset=nvrwatch.flow process.pid=%d", a->pid),
			 5000);
}

NW_TESTS(hooks_ledger_link, NW_ROOT_TEST(test_open_and_ended), NW_ROOT_TEST(test_begun_anew));
