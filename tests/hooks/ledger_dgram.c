/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_dgram: datagrams are told while their socket is open, for near and for far peers. */
#include "root/support.h"

#define PEERS 20 /* more than have room beside the socket itself */

static void test_open_socket(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 echo 7 echo 5");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "udp connect 127.0.0.1 %u send 7 300 recv 7 wait "
					       "send 5 200 recv 5 wait",
					       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct nw_flow_sum sum = nw_flow_reached(s->tool, &key, 7 * 300, 7 * 300);

	(void)state;
	assert_int_equal(sum.starts, 1);
	assert_int_equal(sum.ends, 0);
	nw_actor_say(seen, "more");
	sum = nw_flow_reached(s->tool, &key, 7 * 300 + 5 * 200, 7 * 300 + 5 * 200);
	assert_int_equal(sum.ends, 0);
	assert_int_equal(sum.sent, 7 * 300 + 5 * 200);
	assert_int_equal(sum.sent_packets, 12);
	assert_int_equal(sum.received_packets, 12);
}

static void test_far_peers(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 %d recv %d", PEERS, 2 * PEERS);
	struct json_object *bound = nw_actor_truth(far);
	struct nw_actor *seen;
	char list[PEERS * 6 + 1];

	(void)state;
	nw_actor_ports(bound, list, sizeof(list));
	seen = nw_actor_start(NW_PLACE_SEEN, "udp socket 4 spray 127.0.0.1 2 150 %s wait", list);
	for (size_t i = 0; i < PEERS; i++) {
		struct nw_flow_key key = {
			.pid = seen->pid,
			.transport = "udp",
			.rport = nw_actor_port_at(bound, i),
		};
		struct nw_flow_sum sum = nw_flow_reached(s->tool, &key, 2 * (150 + i), 0);

		assert_int_equal(sum.sent, 2 * (150 + i));
		assert_int_equal(sum.ends, 0);
	}
}

/* A socket that no file table holds is told while it is open all the same. */
static void test_nobody_holds_it(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "udp serve 127.0.0.1 adrift wait ashore close");
	unsigned port = nw_actor_port(seen);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .lport = port };
	struct nw_actor *far;
	struct nw_flow_sum sum;

	(void)state;
	nw_actor_truth(seen);
	far = nw_actor_start(
		NW_PLACE_FAR,
		"udp socket 4 spray 127.0.0.1 1 300 %u wait spray 127.0.0.1 1 200 %u wait", port,
		port);
	nw_session_looks(4);
	nw_actor_say(far, "another");
	sum = nw_flow_reached(s->tool, &key, 0, 300 + 200);
	assert_int_equal(sum.ends, 0);
	assert_int_equal(sum.received, 300 + 200);
}

NW_TESTS(hooks_ledger_dgram, NW_ROOT_TEST(test_nobody_holds_it), NW_ROOT_TEST(test_open_socket),
	 NW_ROOT_TEST(test_far_peers));
