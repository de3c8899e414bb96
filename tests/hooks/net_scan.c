/* SPDX-License-Identifier: Apache-2.0 */
/* net_scan: packet and XDP sockets, in whatever network namespace, from when they appear until they are gone. */
#include "root/support.h"

#define SOCKET "event.dataset=nvrwatch.listener nvrwatch.socket.family=packet "

static void check_life(struct nw_actor *a, uint64_t inode)
{
	struct nw_tool *t = nw_session()->tool;

	nw_tool_await(t, SOCKET "event.action=start nvrwatch.socket.inode=%ju", (uintmax_t)inode);
	nw_tool_await(t,
		      SOCKET "event.action=update nvrwatch.socket.inode=%ju process.pid=%d "
			     "nvrwatch.socket.type=raw nvrwatch.socket.protocol=%d",
		      (uintmax_t)inode, a->pid, 0x88b5);
	assert_int_equal(nw_tool_count(t, SOCKET "event.action=end nvrwatch.socket.inode=%ju",
				       (uintmax_t)inode),
			 0);
	nw_actor_say(a, "go");
	nw_actor_done(a);
	nw_tool_await(t, SOCKET "event.action=end nvrwatch.socket.inode=%ju process.pid=%d",
		      (uintmax_t)inode, a->pid);
}

static void test_packet_socket(void **state)
{
	struct nw_actor *a;

	(void)state;
	nw_session();
	a = nw_actor_start(NW_PLACE_SEEN, "packet open wait");
	check_life(a, nw_rec_u64(nw_actor_truth(a), "inode"));
}

/* The namespace has no process, only the socket keeps it. */
static void test_empty_namespace(void **state)
{
	struct nw_actor *a;

	(void)state;
	nw_session();
	a = nw_actor_start(NW_PLACE_SEEN, "packet away open back wait");
	check_life(a, nw_rec_u64(nw_actor_truth(a), "inode"));
}

/* It was there before nvrwatch. */
static void test_before_the_start(void **state)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "packet open wait");
	uint64_t inode = nw_rec_u64(nw_actor_truth(a), "inode");
	struct nw_tool *t = nw_tool_trace("");

	(void)state;
	nw_tool_await(t, SOCKET "event.action=found nvrwatch.socket.inode=%ju", (uintmax_t)inode);
	nw_tool_await(t, SOCKET "nvrwatch.socket.inode=%ju process.pid=%d", (uintmax_t)inode,
		      a->pid);
}

/* Another cgroup's socket is not told. */
static void test_of_others(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "packet open wait");
	uint64_t other = nw_rec_u64(nw_actor_truth(far), "inode");
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "packet open wait");

	(void)state;
	check_life(a, nw_rec_u64(nw_actor_truth(a), "inode"));
	assert_int_equal(nw_tool_count(s->tool, "nvrwatch.socket.inode=%ju", (uintmax_t)other), 0);
}

#define MORE_THAN_STEPS 4200 /* NW_NET_SCAN_LAPS^2, bpf/hooks/net_scan.bpf.c */

/*
 * A look that does not come to its end, for all that others hold, says so, and nobody is gone because it was
 * not seen. The next one that does is right again.
 */
static void test_more_than_a_look(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *many = nw_actor_start(NW_PLACE_FAR, "packet newnet netns many %d 84 wait",
					       MORE_THAN_STEPS);
	struct nw_actor *a;
	uintmax_t inode;

	(void)state;
	nw_actor_truth(many);
	nw_actor_truth(many);
	nw_tool_await_loss(t, "link"); /* not one for each: what is not observed needs no room */
	a = nw_actor_start(NW_PLACE_SEEN, "packet open wait");
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	nw_tool_await(t, SOCKET "nvrwatch.socket.inode=%ju process.pid=%d", inode, a->pid);
	nw_actor_say(many, "end");
	nw_actor_done(many);
	assert_int_equal(nw_tool_count(t, SOCKET "event.action=end"), 0);
	nw_actor_say(a, "end");
	nw_actor_done(a);
	nw_tool_await(t, SOCKET "event.action=end nvrwatch.socket.inode=%ju", inode);
}

NW_TESTS(hooks_net_scan, NW_ROOT_TEST(test_packet_socket), NW_ROOT_TEST(test_empty_namespace),
	 NW_ROOT_TEST(test_before_the_start), NW_ROOT_TEST(test_of_others),
	 NW_ROOT_TEST(test_more_than_a_look));
