/* SPDX-License-Identifier: Apache-2.0 */
/* sock_bind: a datagram socket took a port that others can send to. */
#include "root/support.h"

static void check(const char *addr, const char *type)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "udp serve %s wait close wait", addr);
	unsigned port = nw_actor_port(a);

	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=start process.pid=%d "
		      "server.port=%u server.ip=%s network.transport=udp network.type=%s",
		      a->pid, port, addr, type);
	nw_actor_say(a, "close");
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=end process.pid=%d "
		      "server.port=%u",
		      a->pid, port);
}

static void test_udp_listener(void **state)
{
	(void)state;
	check("127.0.0.1", "ipv4");
}

static void test_udp_listener_ipv6(void **state)
{
	(void)state;
	check("::1", "ipv6");
}

/* A client's port is nobody's to send to. */
static void test_client_is_no_listener(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 recv 1");
	unsigned port = nw_actor_port(far);
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "udp connect 127.0.0.1 %u send 1 10 close", port);

	(void)state;
	nw_actor_done(a);
	nw_tool_settle(s->tool);
	assert_int_equal(
		nw_tool_count(s->tool, "event.dataset=nvrwatch.listener process.pid=%d", a->pid),
		0);
}

NW_TESTS(hooks_sock_bind, NW_ROOT_TEST(test_udp_listener), NW_ROOT_TEST(test_udp_listener_ipv6),
	 NW_ROOT_TEST(test_client_is_no_listener));
