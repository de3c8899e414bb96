/* SPDX-License-Identifier: Apache-2.0 */
/* tcp_state: a TCP socket began to listen, or had its last word. */
#include "root/support.h"

static void check_listener(const char *addr, const char *type)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "tcp listen %s wait deafen wait", addr);
	unsigned port = nw_actor_port(a);

	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=start process.pid=%d "
		      "server.port=%u server.ip=%s network.transport=tcp network.type=%s",
		      a->pid, port, addr, type);
	nw_actor_say(a, "close");
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.listener event.action=end process.pid=%d "
		      "server.port=%u",
		      a->pid, port);
}

static void test_listener(void **state)
{
	(void)state;
	check_listener("127.0.0.1", "ipv4");
}

static void test_listener_ipv6(void **state)
{
	(void)state;
	check_listener("::1", "ipv6");
}

/* Shorter than any look of the ledger: the end alone tells it all. */
static void test_last_word(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen ::1 accept recv 17 send 19 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect ::1 %u send 17 recv 19 close wait", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(sum.sent, 17);
	assert_int_equal(sum.received, 19);
	assert_int_equal(nw_rec_u64(sum.last, "nvrwatch.total.source.bytes"), 17);
	assert_int_equal(nw_rec_u64(sum.last, "nvrwatch.total.destination.bytes"), 19);
}

/* The program is gone, its connection is not: the last word still names it. */
static void test_outlives_its_process(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen ::1 accept wait eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "tcp connect ::1 %u flood kill", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	nw_actor_end(seen);
	nw_tool_await(s->tool, "event.dataset=nvrwatch.process event.action=exit process.pid=%d",
		      seen->pid);
	nw_tool_settle(s->tool);
	assert_int_equal(nw_flow_sum(s->tool, &key).ends, 0);
	nw_actor_say(far, "go");
	sum = nw_flow_ended(s->tool, &key);
	assert_int_equal(sum.sent, nw_rec_u64(nw_actor_truth(far), "kernel_received"));
	assert_string_equal(nw_rec_str(sum.last, "process.name"), "tcp");
}

NW_TESTS(hooks_tcp_state, NW_ROOT_TEST(test_listener), NW_ROOT_TEST(test_listener_ipv6),
	 NW_ROOT_TEST(test_last_word), NW_ROOT_TEST(test_outlives_its_process));
