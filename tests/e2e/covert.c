/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of other families, each as a program may get it. What a kernel lacks it says by itself,
 * and then there is nothing to see.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "root/support.h"

#define SOCKET "event.dataset=nvrwatch.listener nvrwatch.socket.family=%s "

static bool is_since(int major, int minor)
{
	struct utsname u;
	int has[2] = { 0 };

	assert_int_equal(uname(&u), 0);
	assert_int_equal(sscanf(u.release, "%d.%d", &has[0], &has[1]), 2);
	return has[0] > major || (has[0] == major && has[1] >= minor);
}

static void check_life(struct nw_actor *a, const char *family, const char *more, uintmax_t inode)
{
	struct nw_tool *t = nw_session()->tool;

	nw_tool_await(t, SOCKET "nvrwatch.socket.inode=%ju process.pid=%d %s", family, inode,
		      a->pid, more);
	nw_actor_say(a, "go");
	nw_actor_done(a);
	nw_tool_await(t, SOCKET "nvrwatch.socket.inode=%ju event.action=end", family, inode);
}

static void check_socket(const char *script, const char *family, const char *more)
{
	struct nw_actor *a;
	uintmax_t inode;

	nw_session();
	a = nw_actor_start(NW_PLACE_SEEN, "packet %s wait", script);
	inode = nw_rec_u64(nw_actor_truth(a), "inode");
	assert_int_not_equal(inode, 0);
	check_life(a, family, more, inode);
}

static void test_xdp(void **state)
{
	(void)state;
	check_socket("socket 44 3 0", "xdp",
		     "nvrwatch.socket.type=raw nvrwatch.socket.uncounted=true");
}

/* To a hypervisor or, as here, to nobody; its packets pass no hook of ours. */
static void test_vsock(void **state)
{
	(void)state;
	check_socket("socket 40 1 0", "vsock",
		     "nvrwatch.socket.type=stream nvrwatch.socket.uncounted=true");
}

static void test_cooked_packet(void **state)
{
	(void)state;
	check_socket("socket 17 2 768", "packet", /* htons(ETH_P_ALL) */
		     "nvrwatch.socket.type=dgram nvrwatch.socket.protocol=3");
}

/* No socket(2) was called. */
static void test_io_uring(void **state)
{
	(void)state;
	if (is_since(5, 19)) {
		check_socket("uring fd", "packet", "nvrwatch.socket.type=raw");
	}
}

/* A direct descriptor: it is in no file table, so nobody can say whose it is until it sends. */
static void test_io_uring_direct(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct json_object *rec;
	struct nw_actor *a;
	char netns[64];
	uintmax_t inode;

	(void)state;
	if (!is_since(5, 19)) {
		return;
	}
	a = nw_actor_start(NW_PLACE_SEEN, "packet newnet netns uring direct wait");
	nw_actor_truth(a);
	inode = nw_rec_u64(nw_actor_truth(a), "netns");
	snprintf(netns, sizeof(netns), "nvrwatch.socket.netns=%ju", inode);
	nw_actor_truth(a);
	rec = nw_tool_await(t, SOCKET "event.action=start %s", "packet", netns);
	inode = strtoull(nw_rec_str(rec, "nvrwatch.socket.inode"), NULL, 10);
	nw_actor_say(a, "go");
	nw_actor_done(a);
	nw_tool_await(t, SOCKET "event.action=end nvrwatch.socket.inode=%ju", "packet", inode);
}

/* More packet sockets than the kernel's table holds (1,024): the rest is counted. */
static void test_more_than_room(void **state)
{
	struct nw_tool *t = nw_tool_trace("");

	(void)state;
	nw_actor_start(NW_PLACE_SEEN, "packet newnet many 1100 22 wait");
	nw_tool_await_loss(t, "link");
}

NW_TESTS(e2e_covert, NW_ROOT_TEST(test_more_than_room), NW_ROOT_TEST(test_xdp),
	 NW_ROOT_TEST(test_vsock), NW_ROOT_TEST(test_cooked_packet), NW_ROOT_TEST(test_io_uring),
	 NW_ROOT_TEST(test_io_uring_direct));
