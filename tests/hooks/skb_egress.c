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

/* A datagram of more than one packet's size is one datagram, with all its bytes. */
static void test_fragmented_datagram(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 recv 2 truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "udp connect 127.0.0.1 %u send 2 60000 close", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct json_object *peer =
		json_object_array_get_idx(nw_rec_get(nw_actor_truth(far), "sockets"), 0);
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(nw_rec_u64(peer, "received"), 120000);
	assert_int_equal(sum.sent, 120000);
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

NW_TESTS(hooks_skb_egress, NW_ROOT_TEST(test_udp_that_only_sends),
	 NW_ROOT_TEST(test_fragmented_datagram), NW_ROOT_TEST(test_question));
