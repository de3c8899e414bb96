/* SPDX-License-Identifier: Apache-2.0 */
/* Cameras: what is taken for one, which flows are of it, and how fast they go. */
#include "feed.h"

#include "state/camera.h"

static struct nw_ev_sock stream(const struct nw_feed *f, uint64_t cookie, const char *to)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, cookie, 100);

	e.rport_be = htons(554);
	e.flags = NW_SOCK_CONNECTED;
	nw_feed_addr(e.raddr, to);
	return e;
}

static void a_declared_one_at_once(void **state)
{
	struct nw_feed *f = nw_feed_new("cameras: [{name: door, address: 10.0.0.9}]", NW_FEED_SEC);
	struct nw_ev_sock e = stream(f, 1, "10.0.0.9");
	const struct nw_flow *flow;
	char label[NW_CAMERA_LABEL];

	(void)state;
	nw_feed_bytes(&e, 100, 200);
	nw_feed_event(f, &e.ev);
	flow = nw_ingest_next(f->state, NULL);
	assert_non_null(flow);
	assert_null(nw_ingest_next(f->state, flow));
	assert_ptr_equal(nw_camera_of(f->state, flow), nw_camera_find(f->state, e.raddr));
	nw_camera_label(nw_camera_of(f->state, flow), label);
	assert_string_equal(label, "door");
	e.ev.what = NW_SOCK_CLOSE;
	nw_feed_event(f, &e.ev);
	assert_null(nw_ingest_next(f->state, NULL));
	assert_non_null(nw_camera_next(f->state, NULL)); /* it stays known */
	assert_null(nw_camera_next(f->state, nw_camera_next(f->state, NULL)));
	nw_feed_free(f);
}

static void volume_alone_is_none(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	(void)state;
	for (unsigned i = 1; i <= 50; i++) { /* a download of 10 s */
		struct nw_ev_sock e = stream(f, 1, "10.0.0.8");

		f->now_ns += NW_FEED_SEC / 5;
		e.ev.ts_ns = f->now_ns;
		nw_feed_bytes(&e, i * 1000ULL, i * 200000ULL);
		nw_feed_event(f, &e.ev);
	}
	assert_null(nw_camera_next(f->state, NULL));
	nw_feed_free(f);
}

static void rates(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	const struct nw_flow *flow;

	(void)state;
	for (unsigned i = 1; i <= 100; i++) {
		struct nw_ev_sock e = stream(f, 1, "10.0.0.8");

		f->now_ns += NW_FEED_SEC / 5;
		e.ev.ts_ns = f->now_ns;
		nw_feed_bytes(&e, 0, i * 100000ULL);
		nw_feed_event(f, &e.ev);
	}
	flow = nw_flow_find(f->state, 1, 0);
	assert_int_equal(flow->tx_rate, 0);
	assert_in_range(flow->rx_rate, 495000, 505000);
	assert_int_equal(nw_flow_rate(flow, flow->rx_rate, f->now_ns), flow->rx_rate);
	assert_in_range(nw_flow_rate(flow, flow->rx_rate, f->now_ns + 20 * NW_FEED_SEC), 49000,
			51000);
	assert_ptr_equal(nw_flow_next(f->state, NULL), flow);
	assert_null(nw_flow_next(f->state, flow));
	nw_feed_free(f);
}

NW_TESTS(state_camera, cmocka_unit_test(a_declared_one_at_once),
	 cmocka_unit_test(volume_alone_is_none), cmocka_unit_test(rates));
