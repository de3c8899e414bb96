/* SPDX-License-Identifier: Apache-2.0 */
/* Who began, where neither a handshake nor the first datagram tells. */
#include "state/flow_feed.h"

static void feed_udp(struct nw_feed *f, uint32_t slot, const char *to, uint16_t port,
		     uint32_t flags)
{
	struct nw_ev_sock e = udp(f, slot, 10, 10);

	nw_feed_addr(e.raddr, to);
	e.rport_be = htons(port);
	e.flags = flags;
	feed(f, &e);
}

static bool is_outbound(const struct nw_feed *f, uint32_t slot)
{
	return nw_flow_find(f->state, COOKIE, slot)->is_outbound;
}

/* TFTP: asked on 69, the server answers from a port of its own; another host does not. */
static void an_answer_comes_from_another_port(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_udp(f, 0, "203.0.113.7", 69, NW_SOCK_TX_FIRST);
	feed_udp(f, 1, "203.0.113.7", 40001, 0);
	feed_udp(f, 2, "203.0.113.8", 40001, 0);
	assert_true(is_outbound(f, 0));
	assert_true(is_outbound(f, 1));
	assert_false(is_outbound(f, 2));
	nw_feed_free(f);
}

/* Who was asked first has not asked, whatever it sends later to another port there. */
static void who_was_asked_first_has_not_asked(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_udp(f, 0, "203.0.113.7", 40001, 0);
	feed_udp(f, 1, "203.0.113.7", 40002, NW_SOCK_TX_FIRST);
	feed_udp(f, 0, "203.0.113.7", 40001, 0);
	assert_false(is_outbound(f, 0));
	assert_true(is_outbound(f, 1));
	nw_feed_free(f);
}

/* Counted by who did not know the side: what a SYN takes is settled where the opening told it. */
static void the_side_settles_a_syn(void **state)
{
	static const struct {
		uint32_t known, counted;
		uint64_t tx;
	} cases[] = {
		{ NW_SOCK_CONNECTED, 0, 100 },
		{ NW_SOCK_CONNECTED, NW_SOCK_NO_SIDE, 99 },
		{ NW_SOCK_CONNECTED, NW_SOCK_NO_SIDE | NW_SOCK_SYN_TAKEN, 100 },
		{ NW_SOCK_CONNECTED | NW_SOCK_NO_SYN, NW_SOCK_NO_SIDE, 100 },
		{ NW_SOCK_CONNECTED | NW_SOCK_NO_SYN, NW_SOCK_NO_SIDE | NW_SOCK_SYN_TAKEN, 101 },
		{ NW_SOCK_ACCEPTED, NW_SOCK_NO_SIDE, 100 },
		{ NW_SOCK_ACCEPTED, NW_SOCK_NO_SIDE | NW_SOCK_SYN_TAKEN, 101 },
		{ 0, NW_SOCK_NO_SIDE, 100 },
		{ 0, NW_SOCK_NO_SIDE | NW_SOCK_SYN_TAKEN, 100 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		struct nw_feed *f = start();
		struct nw_ev_sock open = nw_feed_sock(f, NW_SOCK_OPEN, COOKIE, OWNER);
		struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 100, 7);

		open.flags = cases[i].known;
		feed(f, &open);
		e.flags = cases[i].counted;
		feed(f, &e);
		assert_int_equal(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)->tx_bytes,
				 cases[i].tx);
		nw_feed_free(f);
	}
}

NW_TESTS(state_initiator, cmocka_unit_test(an_answer_comes_from_another_port),
	 cmocka_unit_test(who_was_asked_first_has_not_asked),
	 cmocka_unit_test(the_side_settles_a_syn));
