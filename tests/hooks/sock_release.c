/* SPDX-License-Identifier: Apache-2.0 */
/* sock_release: a datagram socket's end is told at once, with what it moved since the last look. */
#include "root/support.h"

static void test_end_of_udp(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind ::1 1 recv 5");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "udp connect ::1 %u send 5 333 close wait", port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct nw_flow_sum sum = nw_flow_ended(s->tool, &key);

	(void)state;
	assert_int_equal(sum.sent, 5 * 333);
	assert_int_equal(nw_rec_u64(sum.last, "nvrwatch.total.source.bytes"), 5 * 333);
}

/* One socket, many peers: each flow ends. */
static void test_end_of_all_peers(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 9 recv 9");
	struct json_object *bound = nw_actor_truth(far);
	struct nw_actor *seen;
	char list[64];

	(void)state;
	nw_actor_ports(bound, list, sizeof(list));
	seen = nw_actor_start(NW_PLACE_SEEN, "udp socket 4 spray 127.0.0.1 1 400 %s close wait",
			      list);
	for (size_t i = 0; i < 9; i++) {
		struct nw_flow_key key = {
			.pid = seen->pid,
			.transport = "udp",
			.rport = nw_actor_port_at(bound, i),
		};

		assert_int_equal(nw_flow_ended(s->tool, &key).sent, 400 + i);
	}
}

NW_TESTS(hooks_sock_release, NW_ROOT_TEST(test_end_of_udp), NW_ROOT_TEST(test_end_of_all_peers));
