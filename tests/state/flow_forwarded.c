/* SPDX-License-Identifier: Apache-2.0 */
/* Flows of which neither end is here: who began, whose network it is, and who tells their end. */
#include "flow_feed.h"

static struct nw_ev_sock forwarded(const struct nw_feed *f, enum nw_sock_what what, uint64_t tx,
				   uint64_t rx)
{
	struct nw_ev_sock e = nw_feed_sock(f, what, NW_COOKIE_FORWARD | 5, 0);

	e.slot = 4711;
	e.flags = NW_SOCK_FORWARDED | NW_SOCK_NO_OWNER | NW_SOCK_TX_FIRST;
	nw_feed_bytes(&e, tx, rx);
	return e;
}

static void it_is_told_without_a_process(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = forwarded(f, NW_SOCK_BIN, 1000, 10);

	(void)state;
	e.flags |= NW_SOCK_CONNECTED;
	nw_feed_fact(f, "scope", "cgroup");
	feed(f, &e);
	assert_int_equal(only_flow(f)->owner, 0);
	assert_int_equal(only_flow(f)->tx, 1000);
	assert_int_equal(only_flow(f)->flow.initiator, NW_INITIATOR_SYN);
	assert_true(only_flow(f)->flow.is_outbound);
	assert_true(only_flow(f)->flow.is_local_inside); /* 10.0.0.5 */
	assert_false(only_flow(f)->flow.is_inside);
	assert_true(only_flow(f)->flow.community_id[0]);
	nw_feed_free(f);
}

/* Half a conversation of TCP: the lower port is taken for the server, whoever listens here on it. */
static void without_a_handshake_it_is_assumed(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock l = nw_feed_sock(f, NW_SOCK_LISTEN, 9, OWNER);
	struct nw_ev_sock e = forwarded(f, NW_SOCK_BIN, 1000, 10);

	(void)state;
	l.lport_be = e.lport_be;
	l.flags = NW_SOCK_LISTENER;
	feed(f, &l);
	feed(f, &e);
	assert_int_equal(only_flow(f)->flow.initiator, NW_INITIATOR_ASSUMED);
	assert_true(only_flow(f)->flow.is_outbound);
	nw_feed_free(f);
}

/* The kernel side ends it, once; silence alone does not. */
static void the_kernel_side_ends_it(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = forwarded(f, NW_SOCK_BIN, 1000, 10);

	(void)state;
	e.proto = IPPROTO_UDP;
	feed(f, &e);
	nw_feed_forget(f);
	nw_feed_tick(f, 61 * SECOND);
	nw_feed_tick(f, SECOND);
	assert_int_equal(flows_told(f), 0);
	e = forwarded(f, NW_SOCK_CLOSE, 1000, 10);
	e.proto = IPPROTO_UDP;
	feed(f, &e);
	assert_int_equal(only_flow(f)->action, NW_ACTION_END);
	assert_int_equal(only_flow(f)->tx, 0);
	nw_feed_free(f);
}

/* Containers here: one of the two ends' own flows and the forwarded one are no pair. */
static void it_is_nobodys_other_end(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = forwarded(f, NW_SOCK_BIN, 1000, 10);
	struct nw_ev_sock mirror = tcp(f, NW_SOCK_BIN, 10, 1000);

	(void)state;
	memcpy(mirror.laddr, e.raddr, 16);
	memcpy(mirror.raddr, e.laddr, 16);
	mirror.lport_be = e.rport_be;
	mirror.rport_be = e.lport_be;
	feed(f, &mirror);
	feed(f, &e);
	assert_int_equal(flow_told(f, 0)->peer, 0);
	assert_int_equal(flow_told(f, 1)->peer, 0);
	assert_null(nw_flow_peer(f->state, nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)));
	nw_feed_free(f);
}

NW_TESTS(state_flow_forwarded, cmocka_unit_test(it_is_told_without_a_process),
	 cmocka_unit_test(without_a_handshake_it_is_assumed),
	 cmocka_unit_test(the_kernel_side_ends_it), cmocka_unit_test(it_is_nobodys_other_end));
