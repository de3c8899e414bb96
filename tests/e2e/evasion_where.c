/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a process hides: in a network namespace of its own, or in all of them as a container does.
 * Two namespaces are joined by a veth; the far end lives in one, the observed end in the other.
 */
#include "root/support.h"

#define FAR "10.200.0.2"

/* ns: the verb that leaves this host's namespaces */
static void check(const char *ns)
{
	struct nw_session *s = nw_session();
	struct nw_end seen = { .place = NW_PLACE_SEEN,
			       .ns = ns,
			       .addr = "10.200.0.1",
			       .script = "wait connect " FAR " 7000 send 60013 recv 50021 wait "
					 "close" };
	struct nw_end far = { .place = NW_PLACE_FAR,
			      .addr = FAR,
			      .script = "port 7000 listen " FAR " accept recv 60013 send 50021 "
					"eof truth close" };
	struct nw_flow_key key = { .transport = "tcp", .raddr = FAR, .rport = 7000 };
	struct nw_flow_sum sum;
	uint32_t netns;

	nw_ends_start(&seen, &far);
	key.pid = seen.pid;
	nw_actor_port(far.actor);
	nw_actor_say(seen.actor, "connect");
	nw_flow_reached(s->tool, &key, 60013, 50021);
	netns = nw_netns_away(seen.pid);
	nw_actor_say(seen.actor, "close");
	sum = nw_flow_ended(s->tool, &key);
	nw_flow_check(&sum, nw_actor_truth(far.actor));
	nw_actor_done(seen.actor);
	assert_true(sum.is_outbound);
	nw_rec_check(sum.last, "source.ip=10.200.0.1");
	nw_netns_check(sum.last, netns);
}

static void test_network_namespace(void **state)
{
	(void)state;
	check("newnet");
}

/* Its pid in the record is that of this host, where it is 1 to itself. */
static void test_container(void **state)
{
	(void)state;
	check("container");
}

NW_TESTS(e2e_evasion_where, NW_ROOT_TEST(test_network_namespace), NW_ROOT_TEST(test_container));
