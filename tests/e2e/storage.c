/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A socket that the kernel gives us no storage is not in the ledger, and is counted: at each place
 * where storage is asked for. Sockets are crowded by a filter of their own, or live in a network
 * namespace where no socket may keep anything (kernels since 6.8).
 */
#include <signal.h>

#include "root/support.h"

/* Waits until just so many were told; what is not counted never gets there. */
static void await_total(struct nw_tool *t, unsigned total)
{
	nw_tool_await(t, "event.dataset=nvrwatch.loss nvrwatch.loss.storage=%u", total);
}

static void test_datagram(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 5 wait");
	struct json_object *bound = nw_actor_truth(far);
	unsigned first = nw_actor_port_at(bound, 0);
	char ports[64];

	(void)state;
	nw_actor_done(nw_actor_start(NW_PLACE_SEEN, "udp crowd bind 127.0.0.1 1"));
	await_total(t, 1);
	/* each of its datagrams asks again */
	nw_actor_done(
		nw_actor_start(NW_PLACE_SEEN, "udp crowd connect 127.0.0.1 %u send 3 10", first));
	await_total(t, 4);
	/* of five peers four are near, and need nothing more */
	nw_actor_ports(bound, ports, sizeof(ports));
	nw_actor_done(nw_actor_start(NW_PLACE_SEEN,
				     "udp socket 4 spray 127.0.0.1 1 10 %u crowd "
				     "spray 127.0.0.1 1 10 %s",
				     first, ports));
	await_total(t, 5);
}

static void test_stream(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "tcp starve listen 127.0.0.1");
	struct json_object *stop;
	bool is_starved = nw_rec_u64(nw_actor_truth(a), "starved");

	(void)state;
	nw_actor_done(a);
	if (is_starved) { /* as it was made, and as it began to listen */
		await_total(t, 2);
	}
	a = nw_actor_start(NW_PLACE_SEEN, "tcp starve port 4711 listen 127.0.0.1 "
					  "connect 127.0.0.1 4711 close");
	nw_actor_done(a);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	stop = nw_tool_await(t, "event.dataset=nvrwatch.status event.action=stop");
	/* two sockets, one of them twice: and each of their packets */
	assert_in_range(nw_rec_u64(stop, "nvrwatch.loss.storage"), is_starved ? 2 + 3 + 1 : 0,
			is_starved ? UINT64_MAX : 0);
}

NW_TESTS(e2e_storage, NW_ROOT_TEST(test_datagram), NW_ROOT_TEST(test_stream));
