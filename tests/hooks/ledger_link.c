/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_link: what a packet socket sent is told while it is open, and again as a sum at its end. */
#include "root/support.h"

#define FLOW "event.dataset=nvrwatch.flow nvrwatch.socket.family=packet nvrwatch.socket.inode=%ju "

static void test_open_and_ended(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "packet newnet link open wait send 10 200 "
					      "wait send 3 1000 wait close wait");
	uintmax_t inode;

	(void)state;
	nw_actor_truth(a);
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju", inode);
	nw_actor_say(a, "send");
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

NW_TESTS(hooks_ledger_link, NW_ROOT_TEST(test_open_and_ended));
