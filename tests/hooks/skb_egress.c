/* SPDX-License-Identifier: Apache-2.0 */
/* skb_egress: what leaves a socket is counted there, and its head is taken. */
#include "root/support.h"

static void test_udp_that_only_sends(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 recv 20 truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "udp connect 127.0.0.1 %u send 20 1000 close", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct json_object *peer =
		json_object_array_get_idx(nw_rec_get(nw_actor_truth(far), "sockets"), 0);
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(sum.sent, nw_rec_u64(peer, "received"));
	assert_int_equal(sum.sent_packets, nw_rec_u64(peer, "received_packets"));
	assert_int_equal(sum.received, 0);
	assert_int_equal(sum.received_packets, 0);
}

/* A datagram that leaves in many fragments is one datagram, with all its bytes. */
static void check_fragments(const char *addr)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN, "udp netns 1280 pair %s send 2 30000 recv 2 close", addr);
	unsigned from = nw_actor_port(a);
	unsigned to = nw_actor_port(a);
	struct nw_flow_key key = { a->pid, "udp", NULL, from, to };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	assert_int_equal(sum.sent, 60000);
	assert_int_equal(sum.sent_packets, 2);
	assert_int_equal(sum.received, 0);
}

static void test_fragments(void **state)
{
	(void)state;
	check_fragments("127.0.0.1");
}

static void test_fragments_ipv6(void **state)
{
	(void)state;
	check_fragments("::1");
}

/* What the kernel cuts into datagrams for the program counts as those datagrams. */
static void test_segments(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 recv 15 truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "udp connect 127.0.0.1 %u segment 3 4100 1000 close", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct json_object *peer =
		json_object_array_get_idx(nw_rec_get(nw_actor_truth(far), "sockets"), 0);
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(nw_rec_u64(peer, "received"), 12300);
	assert_int_equal(sum.sent, 12300);
	assert_int_equal(sum.sent_packets, nw_rec_u64(peer, "received_packets"));
}

/* The heads of both directions make a transaction: what was asked is in what left. */
static void test_question(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN, "dns_ask lost %s 53 egress.nvrwatch.test wait", nw_place_address(0));

	(void)state;
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.dns process.pid=%d "
		      "dns.question.name=egress.nvrwatch.test",
		      a->pid);
}

/* A client's hello in three records, of which the first holds little more than how long it is. */
static void test_hello_over_records(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN,
		"tcp connect 127.0.0.1 %u hex 160301000701000047030300 "
		"hex 16030100350000000000000000000000000000000000000000000000000000000000000000000213010100001c00000018001600001373706c69"
		"160301000f742e6e767277617463682e74657374 close",
		port);

	(void)state;
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.flow event.action=end process.pid=%d "
		      "destination.port=%u network.protocol=tls "
		      "tls.client.server_name=split.nvrwatch.test",
		      seen->pid, port);
}

NW_TESTS(hooks_skb_egress, NW_ROOT_TEST(test_hello_over_records),
	 NW_ROOT_TEST(test_udp_that_only_sends), NW_ROOT_TEST(test_fragments),
	 NW_ROOT_TEST(test_fragments_ipv6), NW_ROOT_TEST(test_segments),
	 NW_ROOT_TEST(test_question));
