/* SPDX-License-Identifier: Apache-2.0 */
/* Flows: who began one and whose it is, what is in scope, and kernels whose last word has no owner. */
#include "state/flow_feed.h"

struct who {
	uint16_t proto;
	uint16_t lport, rport;
	uint32_t flags;
	bool is_listening;
	enum nw_initiator initiator;
	bool is_outbound;
};

static void listen_on(struct nw_feed *f, uint16_t proto, uint16_t port)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_LISTEN, 5, OWNER);

	e.proto = proto;
	e.lport_be = htons(port);
	feed(f, &e);
}

static void who_began(void **state)
{
	static const struct who cases[] = {
		{ IPPROTO_TCP, 22, 50000, NW_SOCK_CONNECTED, true, NW_INITIATOR_SYN, true },
		{ IPPROTO_TCP, 50000, 22, NW_SOCK_ACCEPTED, false, NW_INITIATOR_SYN, false },
		{ IPPROTO_UDP, 50, 5000, NW_SOCK_TX_FIRST, true, NW_INITIATOR_FIRST, true },
		{ IPPROTO_UDP, 5000, 50, 0, false, NW_INITIATOR_FIRST, false },
		{ IPPROTO_TCP, 8554, 80, NW_SOCK_PRESTART, true, NW_INITIATOR_LISTENER, false },
		{ IPPROTO_UDP, 8000, 80, NW_SOCK_PRESTART | NW_SOCK_TX_FIRST, true,
		  NW_INITIATOR_LISTENER, false },
		{ IPPROTO_TCP, 443, 50000, NW_SOCK_FOUND, false, NW_INITIATOR_ASSUMED, false },
		{ IPPROTO_TCP, 50000, 443, NW_SOCK_FOUND, false, NW_INITIATOR_ASSUMED, true },
		{ IPPROTO_UDP, 50000, 53, NW_SOCK_FOUND, false, NW_INITIATOR_ASSUMED, true },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		const struct who *c = &cases[i];
		struct nw_feed *f = start();
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE, OWNER);
		const struct nw_flow *flow;

		if (c->is_listening) {
			listen_on(f, c->proto, c->lport);
		} else { /* the same port of the other protocol says nothing */
			listen_on(f, c->proto == IPPROTO_TCP ? IPPROTO_UDP : IPPROTO_TCP, c->lport);
		}
		e.proto = c->proto;
		e.lport_be = htons(c->lport);
		e.rport_be = htons(c->rport);
		e.flags = c->flags;
		feed(f, &e);
		flow = nw_flow_find(f->state, COOKIE, NW_SLOT_NONE);
		assert_non_null(flow);
		assert_int_equal(flow->initiator, c->initiator);
		assert_int_equal(flow->is_outbound, c->is_outbound);
		nw_feed_free(f);
	}
}

static void inside_is_what_the_configuration_trusts(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 1);

	(void)state;
	feed(f, &e);
	assert_false(only_flow(f)->flow.is_inside);
	nw_feed_forget(f);
	e.cookie++;
	nw_feed_addr(e.raddr, "10.9.9.9");
	feed(f, &e);
	assert_true(only_flow(f)->flow.is_inside);
	nw_feed_free(f);
}

static void the_sender_is_named_when_it_is_another(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 1);

	(void)state;
	e.sender = e.owner;
	feed(f, &e);
	assert_int_equal(flow_told(f, 0)->owner, OWNER);
	assert_int_equal(flow_told(f, 0)->sender, 0);
	e = tcp(f, NW_SOCK_CLOSE, 2, 1);
	e.sender = nw_feed_pid(OTHER);
	feed(f, &e);
	assert_int_equal(flow_told(f, 1)->owner, OWNER);
	assert_int_equal(flow_told(f, 1)->sender, OTHER);
	nw_feed_free(f);
}

static void a_process_is_kept_until_its_last_flow_ended(void **state)
{
	struct nw_feed *f = start();
	struct nw_proc_id id = nw_feed_pid(OWNER);
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1, 1);

	(void)state;
	feed(f, &e);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = OWNER });
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = OTHER });
	nw_feed_tick(f, 11 * SECOND);
	assert_non_null(nw_proc_find(f->state, &id));
	assert_int_equal(nw_proc_find(f->state, &id)->refs, 1);
	e = tcp(f, NW_SOCK_CLOSE, 2, 1);
	nw_feed_forget(f);
	feed(f, &e);
	assert_int_equal(only_flow(f)->owner, OWNER);
	assert_null(nw_proc_find(f->state, &id));
	id = nw_feed_pid(OTHER); /* nobody referred to it */
	assert_null(nw_proc_find(f->state, &id));
	nw_feed_free(f);
}

/* ---- narrow scope, and kernels whose last word has no owner ----------------------------------- */

static void a_narrow_scope_ignores_strangers(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_CLOSE, COOKIE, 0);

	(void)state;
	nw_feed_bytes(&e, 10, 20);
	nw_feed_fact(f, "scope", "cgroup");
	feed(f, &e);
	assert_int_equal(flows_told(f), 0);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE));
	e.flags = NW_SOCK_NO_OWNER; /* the kernel's own, and in scope */
	feed(f, &e);
	assert_int_equal(flows_told(f), 1);
	nw_feed_fact(f, "scope", "host");
	e.flags = 0;
	e.cookie++;
	feed(f, &e);
	assert_int_equal(flows_told(f), 2);
	nw_feed_free(f);
}

static void open_and_close_join_by_cookie(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock open = nw_feed_sock(f, NW_SOCK_OPEN, COOKIE, OWNER);
	struct nw_ev_sock end = nw_feed_sock(f, NW_SOCK_CLOSE, COOKIE, 0);

	(void)state;
	memset(open.laddr, 0, sizeof(open.laddr)); /* socket() was called, nothing else */
	memset(open.raddr, 0, sizeof(open.raddr));
	open.lport_be = open.rport_be = 0;
	open.flags = NW_SOCK_CONNECTED;
	nw_feed_bytes(&end, 300, 4000);
	nw_feed_fact(f, "scope", "cgroup");
	feed(f, &open);
	assert_int_equal(flows_told(f), 0);
	feed(f, &end);
	assert_int_equal(only_flow(f)->action, NW_ACTION_END);
	assert_int_equal(only_flow(f)->owner, OWNER);
	assert_int_equal(only_flow(f)->flow.rport, 443);
	assert_int_equal(only_flow(f)->flow.lport, 40000);
	assert_int_equal(only_flow(f)->flow.initiator, NW_INITIATOR_SYN);
	assert_true(only_flow(f)->flow.is_outbound);
	assert_sum(f, 300, 4000);
	nw_feed_free(f);
}

/* A socket that was opened and closed, and never had a peer, is no flow to tell. */
static void a_socket_without_a_peer_is_not_told(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_OPEN, COOKIE, OWNER);

	(void)state;
	memset(e.raddr, 0, sizeof(e.raddr));
	feed(f, &e);
	e.ev.what = NW_SOCK_CLOSE;
	feed(f, &e);
	assert_int_equal(flows_told(f), 0);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE));
	nw_feed_free(f);
}

NW_TESTS(state_flow_who, cmocka_unit_test(who_began),
	 cmocka_unit_test(inside_is_what_the_configuration_trusts),
	 cmocka_unit_test(the_sender_is_named_when_it_is_another),
	 cmocka_unit_test(a_process_is_kept_until_its_last_flow_ended),
	 cmocka_unit_test(a_narrow_scope_ignores_strangers),
	 cmocka_unit_test(open_and_close_join_by_cookie),
	 cmocka_unit_test(a_socket_without_a_peer_is_not_told));
