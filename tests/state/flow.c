/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows: what records say moved adds up to what the kernel counted, whatever the order and overlap
 * of its measures; and when a flow begins and ends.
 */
#include "state/flow_feed.h"

/* ---- sums ----------------------------------------------------------------------------------- */

static void deltas_add_up_to_totals(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e;

	(void)state;
	for (unsigned i = 1; i <= 100; i++) {
		e = tcp(f, NW_SOCK_BIN, 1000 * i, 333 * i);
		feed(f, &e);
		nw_feed_tick(f, SECOND);
	}
	e = tcp(f, NW_SOCK_CLOSE, 100001, 33301);
	feed(f, &e);
	assert_in_range(flows_told(f), 10, 13); /* the first, one each interval, the end */
	assert_sum(f, 100001, 33301);
	assert_int_equal(sum(f).tx_packets, 101);
	assert_int_equal(sum(f).rx_packets, 34);
	nw_feed_free(f);
}

/* The ledger reads a bin while the close is on its way, and comes with it in either order. */
static void a_bin_and_a_close_that_overlap_count_once(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock bin = tcp(f, NW_SOCK_BIN, 5000, 600);
	struct nw_ev_sock end = tcp(f, NW_SOCK_CLOSE, 5000, 700);

	(void)state;
	feed(f, &bin);
	feed(f, &end);
	assert_int_equal(flows_told(f), 2);
	assert_sum(f, 5000, 700);
	nw_feed_forget(f);

	bin.cookie = end.cookie = COOKIE + 1;
	bin.t0_ns = f->now_ns; /* the ledger has noted what the close then told */
	bin.t0_tx_bytes = 5000;
	bin.t0_rx_bytes = 700;
	bin.tx_bytes = 5000;
	bin.rx_bytes = 700;
	feed(f, &end);
	feed(f, &bin);
	assert_sum(f, 5000, 700);
	nw_feed_free(f);
}

static void totals_that_go_back_heal(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 5000, 900);

	(void)state;
	feed(f, &e);
	nw_feed_tick(f, INTERVAL);
	e = tcp(f, NW_SOCK_BIN, 4000, 1000); /* read between two of the kernel's counters */
	feed(f, &e);
	nw_feed_tick(f, INTERVAL);
	assert_int_equal(flow_told(f, 1)->tx, 0);
	assert_int_equal(flow_told(f, 1)->rx, 100);
	e = tcp(f, NW_SOCK_CLOSE, 6000, 1000);
	feed(f, &e);
	assert_sum(f, 6000, 1000);
	nw_feed_free(f);
}

/* Born later than the one before: that one was taken out of the kernel's map. TCP's counts are the socket's. */
static void an_entry_that_is_taken_out_loses_nothing(void **state)
{
	static const struct {
		uint16_t proto;
		uint64_t then, total;
	} row[] = { { IPPROTO_UDP, 300, 10300 }, { IPPROTO_TCP, 10300, 10300 } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, COOKIE, 100);
		const struct nw_flow *flow;

		e.proto = row[i].proto;
		e.birth_ns = 1000;
		nw_feed_bytes(&e, 10000, 0);
		nw_feed_event(f, &e.ev);
		assert_false(nw_state_moved(f->state)->is_reborn);
		e.birth_ns = 2000;
		nw_feed_bytes(&e, row[i].then, 0);
		nw_feed_event(f, &e.ev);
		assert_true(nw_state_moved(f->state)->is_reborn);
		flow = nw_flow_find(f->state, COOKIE, e.slot);
		assert_int_equal(flow->tx_bytes, row[i].total);
		nw_feed_event(f, &e.ev); /* the same again is no other */
		assert_false(nw_state_moved(f->state)->is_reborn);
		assert_int_equal(flow->tx_bytes, row[i].total);
		nw_feed_free(f);
	}
}

static void what_was_carried_before_the_start_is_not_told(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1000000, 2000000);

	(void)state;
	e.flags = NW_SOCK_PRESTART | NW_SOCK_FOUND;
	feed(f, &e);
	assert_int_equal(flows_told(f), 0);
	e = tcp(f, NW_SOCK_BIN, 1000400, 2000000);
	feed(f, &e);
	assert_int_equal(only_flow(f)->action, NW_ACTION_START);
	assert_sum(f, 400, 0);
	assert_int_equal(only_flow(f)->flow.tx_bytes, 1000400);
	assert_true(only_flow(f)->flow.flags & NW_SOCK_PRESTART);
	nw_feed_free(f);
}

/* ---- eviction ------------------------------------------------------------------------------- */

static void fill(struct nw_feed *f, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 1000 + i, OTHER);

		nw_feed_bytes(&e, 1, 1);
		feed(f, &e);
	}
}

static struct nw_feed *start_small(void)
{
	struct nw_feed *f = nw_feed_new("limits: { flows: 64 }\n", INTERVAL);

	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OWNER, .exe = "/bin/owner" });
	nw_feed_forget(f);
	return f;
}

static void eviction_tells_what_is_untold_and_is_counted(void **state)
{
	struct nw_feed *f = start_small();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1000, 2000);

	(void)state;
	feed(f, &e);
	e = tcp(f, NW_SOCK_BIN, 1500, 2000);
	feed(f, &e);
	fill(f, 63);
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_FLOW_EVICTED), 0);
	nw_feed_forget(f);
	fill(f, 64); /* one more than there is room for */
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_FLOW_EVICTED), 1);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE));
	assert_int_equal(flow_told(f, 0)->flow.cookie, COOKIE);
	assert_int_equal(flow_told(f, 0)->action, NW_ACTION_UPDATE);
	assert_int_equal(flow_told(f, 0)->tx, 500);
	assert_int_equal(flow_told(f, 0)->rx, 0);
	nw_feed_free(f);
}

/* Its next measure says what it had carried by the one before: it begins there. */
static void after_eviction_it_goes_on_from_the_last_measure(void **state)
{
	struct nw_feed *f = start_small();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 1000, 2000);

	(void)state;
	feed(f, &e);
	fill(f, 64);
	nw_feed_forget(f);
	e = tcp(f, NW_SOCK_BIN, 1700, 2900);
	e.t0_ns = f->now_ns;
	e.t0_tx_bytes = 1000;
	e.t0_rx_bytes = 2000;
	feed(f, &e);
	assert_int_equal(flow_told(f, 0)->flow.cookie, COOKIE);
	assert_sum(f, 700, 900);
	assert_int_equal(flow_told(f, 0)->flow.first_ns, e.t0_ns);
	nw_feed_free(f);
}

/* ---- life ----------------------------------------------------------------------------------- */

static void first_data_then_the_interval_then_the_end(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 10, 0);

	(void)state;
	feed(f, &e); /* at once, with the first bytes */
	assert_int_equal(only_flow(f)->action, NW_ACTION_START);
	assert_int_equal(only_flow(f)->ts_ns, f->now_ns);
	assert_true(only_flow(f)->flow.community_id[0]);
	for (unsigned i = 1; i < 10; i++) {
		nw_feed_tick(f, SECOND);
		e = tcp(f, NW_SOCK_BIN, 10 + i, 0);
		feed(f, &e);
	}
	assert_int_equal(flows_told(f), 1);
	nw_feed_tick(f, SECOND);
	assert_int_equal(flows_told(f), 2);
	assert_int_equal(flow_told(f, 1)->action, NW_ACTION_UPDATE);
	assert_int_equal(flow_told(f, 1)->tx, 9);
	nw_feed_tick(f, 6 * INTERVAL); /* silent, and TCP: neither told nor ended */
	assert_int_equal(flows_told(f), 2);
	e = tcp(f, NW_SOCK_CLOSE, 19, 0);
	e.state = 5;
	feed(f, &e);
	assert_int_equal(flow_told(f, 2)->action, NW_ACTION_END);
	assert_int_equal(flow_told(f, 2)->tx, 0);
	assert_int_equal(flow_told(f, 2)->flow.end_ns, f->now_ns);
	assert_int_equal(flow_told(f, 2)->flow.end_state, 5);
	assert_null(nw_flow_find(f->state, COOKIE, NW_SLOT_NONE));
	nw_feed_free(f);
}

static void the_end_of_the_session_tells_the_rest(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 10, 20);

	(void)state;
	feed(f, &e);
	e = tcp(f, NW_SOCK_BIN, 15, 27);
	feed(f, &e);
	nw_feed_fact(f, "session", "end");
	nw_feed_fact(f, "session", "end");
	assert_int_equal(flows_told(f), 2);
	assert_sum(f, 15, 27);
	nw_feed_free(f);
}

static void a_silent_datagram_flow_ends_and_may_return(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = udp(f, 3, 100, 50);

	(void)state;
	feed(f, &e);
	nw_feed_tick(f, 60 * SECOND);
	assert_int_equal(flows_told(f), 1);
	nw_feed_tick(f, SECOND);
	assert_int_equal(flow_told(f, 1)->action, NW_ACTION_END);
	assert_null(nw_flow_find(f->state, COOKIE, 3));
	nw_feed_forget(f);

	e = udp(f, 3, 160, 70);
	e.t0_ns = f->now_ns - 61 * SECOND;
	e.t0_tx_bytes = 100;
	e.t0_rx_bytes = 50;
	feed(f, &e);
	assert_int_equal(only_flow(f)->action, NW_ACTION_START);
	assert_sum(f, 60, 20);
	assert_int_equal(only_flow(f)->flow.first_ns, e.t0_ns);
	nw_feed_free(f);
}

/* A name server's query: the socket is released with all that it carried, nothing told before. */
static void a_short_datagram_flow_is_one_record(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = udp(f, 1, 40, 200);
	struct nw_ev_sock end = nw_feed_sock(f, NW_SOCK_CLOSE, COOKIE, OWNER);

	(void)state;
	e.ev.hook = end.ev.hook = NW_HOOK_SOCK_RELEASE;
	end.proto = IPPROTO_UDP;
	end.slot = NW_SLOT_ALL;
	feed(f, &e);
	feed(f, &end);
	assert_int_equal(only_flow(f)->action, NW_ACTION_END);
	assert_sum(f, 40, 200);
	assert_null(nw_flow_find(f->state, COOKIE, 1));
	nw_feed_free(f);
}

static void a_release_ends_every_peer_of_the_socket(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock stranger = nw_feed_sock(f, NW_SOCK_BIN, COOKIE + 1, OWNER);
	struct nw_ev_sock e;

	(void)state;
	for (uint32_t slot = 1; slot <= 5; slot++) {
		e = udp(f, slot, 10, 10);
		feed(f, &e);
	}
	e = udp(f, NW_SLOT_OTHER, 10, 10);
	memset(e.raddr, 0, sizeof(e.raddr));
	feed(f, &e);
	nw_feed_bytes(&stranger, 1, 1);
	feed(f, &stranger);
	nw_feed_forget(f);
	e = nw_feed_sock(f, NW_SOCK_CLOSE, COOKIE, OWNER);
	e.slot = NW_SLOT_ALL;
	feed(f, &e);
	assert_int_equal(flows_told(f), 6);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(flow_told(f, i)->action, NW_ACTION_END);
		assert_int_equal(flow_told(f, i)->flow.cookie, COOKIE);
	}
	assert_non_null(nw_flow_find(f->state, COOKIE + 1, NW_SLOT_NONE));
	nw_feed_free(f);
}

NW_TESTS(state_flow, cmocka_unit_test(deltas_add_up_to_totals),
	 cmocka_unit_test(a_bin_and_a_close_that_overlap_count_once),
	 cmocka_unit_test(totals_that_go_back_heal),
	 cmocka_unit_test(an_entry_that_is_taken_out_loses_nothing),
	 cmocka_unit_test(what_was_carried_before_the_start_is_not_told),
	 cmocka_unit_test(eviction_tells_what_is_untold_and_is_counted),
	 cmocka_unit_test(after_eviction_it_goes_on_from_the_last_measure),
	 cmocka_unit_test(first_data_then_the_interval_then_the_end),
	 cmocka_unit_test(the_end_of_the_session_tells_the_rest),
	 cmocka_unit_test(a_silent_datagram_flow_ends_and_may_return),
	 cmocka_unit_test(a_short_datagram_flow_is_one_record),
	 cmocka_unit_test(a_release_ends_every_peer_of_the_socket));
