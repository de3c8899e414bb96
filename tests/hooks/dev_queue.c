/* SPDX-License-Identifier: Apache-2.0 */
/* dev_queue: frames of packet sockets, exactly what came out at the link's other end. */
#include "root/support.h"

#define FLOW "event.dataset=nvrwatch.flow nvrwatch.socket.inode=%ju "

/* One that also passes a device that stands on another is counted once. */
static void test_frames(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "packet newnet link open wait send 1000 61 "
					      "send 77 1514 truth close");
	struct json_object *truth, *rec;
	uintmax_t inode;

	(void)state;
	nw_actor_truth(a);
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	/* told means that the hook is there */
	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju", inode);
	nw_actor_say(a, "send");
	truth = nw_actor_truth(a);
	nw_actor_done(a);
	rec = nw_tool_await(t, FLOW "event.action=end process.pid=%d", inode, a->pid);
	assert_int_equal(nw_rec_u64(truth, "packets"), 1077);
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.total.source.bytes"),
			 nw_rec_u64(truth, "bytes"));
	assert_int_equal(nw_rec_u64(rec, "nvrwatch.total.source.packets"),
			 nw_rec_u64(truth, "packets"));
	nw_rec_check(rec, "network.direction=egress network.type= network.transport= "
			  "destination.ip= nvrwatch.owner=exact");
}

/* The queue is passed by: nothing is counted, and the socket's record says so. */
static void test_bypass(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "packet newnet link open wait bypass "
							   "send 5 100 truth wait");
	uintmax_t inode;

	(void)state;
	nw_actor_truth(a);
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	nw_tool_await(t, "event.dataset=nvrwatch.listener nvrwatch.socket.inode=%ju", inode);
	nw_actor_say(a, "bypass");
	assert_int_equal(nw_rec_u64(nw_actor_truth(a), "packets"), 5);
	nw_tool_await(t,
		      "event.dataset=nvrwatch.listener nvrwatch.socket.uncounted=true "
		      "nvrwatch.socket.inode=%ju",
		      inode);
	assert_int_equal(nw_tool_count(t, FLOW, inode), 0);
}

NW_TESTS(hooks_dev_queue, NW_ROOT_TEST(test_frames), NW_ROOT_TEST(test_bypass));
