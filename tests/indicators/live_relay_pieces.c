/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live-relay: what is gathered for eight seconds and sent at once, each time over a connection that is
 * gone before anybody looks at it. Whose pictures, who is at the far end and whether he is declared is
 * known all the same.
 */
#include "relay_host.h"

#define PIECE  40  /* passes */
#define READER 101 /* gives what it reads to who sends, by a pipe */

static const struct wire_way passed_on = { .factor = 1.01, .a_frame = 60, .jitter = 0.03 };

static struct host *gathered(uint64_t seed, const char *config)
{
	struct host *h = host_new(seed, 110, config);
	struct wire_camera cam;
	struct wire_flow *all;
	double had = 0;

	wire_camera(&cam, &h->chance, wire_below(&h->chance, WIRE_TABLES));
	host_camera(h, READER, &cam);
	all = &host_relay(h, HOST_SUBJECT, "203.0.113.7", 0, &passed_on)->moved;
	for (unsigned k = 0; k < h->clock.passes; k++) {
		had += all->moved[k];
		all->moved[k] = k % PIECE == PIECE - 1 ? had : 0;
		had = k % PIECE == PIECE - 1 ? 0 : had;
	}
	h->reconnect = PIECE;
	host_pipe(h, READER, NW_FD_WRITE);
	host_pipe(h, HOST_SUBJECT, NW_FD_READ);
	return h;
}

static void it_is_found(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct host *h = gathered(seed * 7919, "");
		struct host_found f;

		host_run(h);
		f = host_found(h);
		assert_true(f.score >= 80);
		assert_int_equal(f.named, 0);
		assert_true(f.last->far && f.last->far->port == 443);
		assert_true(f.last->far->is_outbound);
		host_free(h);
	}
}

/* Somebody outside fetches one after the other: he watches, which is remote-viewer's. */
static void fetched_it_is_information(void **state)
{
	struct host *h = gathered(3, "");
	struct host_found f;

	(void)state;
	h->flow[1].e.flags = NW_SOCK_ACCEPTED;
	host_run(h);
	f = host_found(h);
	assert_in_range(f.score, 1, 45);
	host_free(h);
}

static void declared_it_is_information(void **state)
{
	struct host *h = gathered(4, "allowed: [{to: 203.0.113.0/24, why: control room}]");
	struct host_found f;

	(void)state;
	host_run(h);
	f = host_found(h);
	assert_in_range(f.score, 1, NW_ALERT_SCORE - 1);
	host_free(h);
}

/* Of the same session as who reads, but nothing was ever given: not more than a likeness. */
static void without_a_pipe_it_is_not(void **state)
{
	struct host *h = gathered(5, "");

	(void)state;
	h->flow[1].e.owner = nw_feed_pid(HOST_SUBJECT + 50);
	host_run(h);
	assert_true(host_found(h).score < NW_ALERT_SCORE);
	host_free(h);
}

NW_TESTS(indicators_live_relay_pieces, cmocka_unit_test(it_is_found),
	 cmocka_unit_test(fetched_it_is_information), cmocka_unit_test(declared_it_is_information),
	 cmocka_unit_test(without_a_pipe_it_is_not));
