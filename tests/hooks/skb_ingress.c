/* SPDX-License-Identifier: Apache-2.0 */
/* skb_ingress: what reaches a socket is counted there, and its head is taken. */
#include "root/support.h"

static void test_udp_that_only_hears(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN, "udp bind 127.0.0.1 1 recv 20 close");
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp connect 127.0.0.1 %u send 20 1000 truth", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .lport = port };
	struct json_object *peer =
		json_object_array_get_idx(nw_rec_get(nw_actor_truth(far), "sockets"), 0);
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(sum.received, nw_rec_u64(peer, "sent"));
	assert_int_equal(sum.received_packets, nw_rec_u64(peer, "sent_packets"));
	assert_int_equal(sum.sent, 0);
	assert_int_equal(sum.sent_packets, 0);
}

static void test_fragmented_datagram(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN, "udp bind ::1 1 recv 2 truth close");
	unsigned port = nw_actor_port(seen);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .lport = port };

	(void)state;
	nw_actor_start(NW_PLACE_FAR, "udp connect ::1 %u send 2 60000", port);
	assert_int_equal(nw_flow_ended(s->tool, &key).received, 120000);
}

/* What was answered is in what came. */
static void test_answer(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "dns_serve %s 53 ingress.nvrwatch.test=192.0.2.9",
			       nw_place_address(0));
	struct nw_actor *seen;

	(void)state;
	nw_actor_truth(far);
	seen = nw_actor_start(NW_PLACE_SEEN, "dns_ask udp %s 53 ingress.nvrwatch.test A wait",
			      nw_place_address(0));
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.dns process.pid=%d "
		      "dns.question.name=ingress.nvrwatch.test dns.response_code=NOERROR",
		      seen->pid);
}

NW_TESTS(hooks_skb_ingress, NW_ROOT_TEST(test_udp_that_only_hears),
	 NW_ROOT_TEST(test_fragmented_datagram), NW_ROOT_TEST(test_answer));
