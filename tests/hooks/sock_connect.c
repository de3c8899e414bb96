/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sock_connect: who connects, where nothing else tells it. MPTCP's wire connections are sockets that
 * the kernel makes for itself: sock_create does not see them, connect runs in the right process.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "root/support.h"

static bool has_mptcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);

	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0;
}

/* Where the kernel has no MPTCP (Debian's 5.10), plain TCP must hold to the same. */
static void check(const char *addr)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR,
					      "tcp listen %s accept recv 30011 "
					      "send 3 eof truth",
					      addr);
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp %s connect %s %u send 30011 recv 3 close",
			       has_mptcp() ? "mptcp" : "tcp", addr, port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	assert_int_equal(sum.sent, 30011);
	assert_int_equal(sum.received, 3);
	assert_true(sum.is_outbound);
}

static void test_mptcp(void **state)
{
	(void)state;
	check("127.0.0.1");
}

static void test_mptcp_ipv6(void **state)
{
	(void)state;
	check("::1");
}

/* The connecting end is the source, also when the other end's port is the higher one. */
static void test_initiator(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept send 900 "
							    "shut eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u eof close", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_true(sum.is_outbound);
	assert_int_equal(sum.received, 900);
	assert_string_equal(nw_rec_str(sum.last, "network.direction"), "egress");
}

/* A socket that one process made and another connects. */
static void check_connector(int family, const char *addr)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen %s accept recv 901 eof truth", addr);
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp socket %d fork connect %s %u send 901 "
					       "truth join close",
					       family, addr, port);
	uint64_t child = nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	assert_int_equal(sum.sent, 901);
	nw_rec_check_role(sum.last, (uint64_t)seen->pid, "created", false);
	nw_rec_check_role(sum.last, child, "connected", false);
	nw_rec_check_role(sum.last, child, "sent", false);
	assert_false(nw_rec_has_role(sum.last, (uint64_t)seen->pid, "connected", false));
	assert_false(nw_rec_has_role(sum.last, (uint64_t)seen->pid, "connected", true));
}

static void test_connector(void **state)
{
	(void)state;
	check_connector(4, "127.0.0.1");
}

static void test_connector_ipv6(void **state)
{
	(void)state;
	check_connector(6, "::1");
}

NW_TESTS(hooks_sock_connect, NW_ROOT_TEST(test_connector), NW_ROOT_TEST(test_connector_ipv6),
	 NW_ROOT_TEST(test_mptcp), NW_ROOT_TEST(test_mptcp_ipv6), NW_ROOT_TEST(test_initiator));
