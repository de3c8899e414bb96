/* SPDX-License-Identifier: Apache-2.0 */
/* forwarded-camera: packets of cameras that only pass through, by volume and by whose service it is. */
#include "indicators/door.h"

#define ID "forwarded-camera"

static const char ntp[48] = { 0x23 };

/* No process; began: where it can be told */
#define PASS(...)                                                                              \
	{                                                                                      \
		.cookie = NW_COOKIE_FORWARD | 5, .from = CAMERA, .slot = 4711, .port = 50000,  \
		.flags = NW_SOCK_FORWARDED | NW_SOCK_NO_OWNER | NW_SOCK_CONNECTED, __VA_ARGS__ \
	}

static const struct sight sights[] = {
	{ .what = "media", .leg = { PASS(.tx = 64000, .rx = 500) }, .seconds = 60, 85, 85 },
	{ .what = "media, UDP",
	  .leg = { PASS(.proto = IPPROTO_UDP, .tx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "media, by somebody outside who began",
	  .leg = { PASS(.from = OUTSIDE, .to = CAMERA, .to_port = 554, .tx = 500, .rx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "media in segments",
	  .leg = { PASS(.tx = 400000, .every = 8) },
	  .seconds = 120,
	  85,
	  85 },
	{ .what = "the maker's cloud",
	  .fact = "vendor.1",
	  .value = "203.0.113.0/24 example p2p",
	  .leg = { PASS(.tx = 300, .rx = 200) },
	  .seconds = 10,
	  60,
	  60 },
	{ .what = "the maker's updates",
	  .fact = "vendor.1",
	  .value = "203.0.113.0/24 example update",
	  .leg = { PASS(.tx = 300, .rx = 20000) },
	  .seconds = 60,
	  30,
	  30 },
	{ .what = "somebody outside reaches it",
	  .leg = { PASS(.from = OUTSIDE, .to = CAMERA, .to_port = 80, .tx = 300, .rx = 900) },
	  .seconds = 10,
	  70,
	  70 },
	{ .what = "a camera that only its MAC gives away",
	  .fact = "neigh.4026531840.3.10.0.0.44",
	  .value = "c0:56:e3:01:02:ff hikvision Hangzhou Hikvision",
	  .leg = { PASS(.from = "10.0.0.44", .tx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "a camera that this host only bridges, as its frames say",
	  .fact = "frame.4026531840.3.10.0.0.44",
	  .value = "c0:56:e3:01:02:ff hikvision Hangzhou Hikvision",
	  .leg = { PASS(.from = "10.0.0.44", .tx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "small talk", .leg = { PASS(.tx = 300, .rx = 300) }, .seconds = 60, 40, 40 },
	{ .what = "time",
	  .leg = { PASS(.proto = IPPROTO_UDP, .to_port = 123, .tx = 48, .rx = 48, .sends = ntp,
			.sends_len = 48) },
	  .seconds = 20,
	  15,
	  40 },
	{ .what = "media over the port of names is media",
	  .leg = { PASS(.proto = IPPROTO_UDP, .to_port = 53, .tx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "allowed",
	  .yaml = "allowed: [{to: 203.0.113.7, why: wall}]",
	  .leg = { PASS(.tx = 64000) },
	  .seconds = 60,
	  15,
	  15 },

	{ .what = "media, its address translated",
	  .leg = { PASS(.rx = 500),
		   PASS(.cookie = NW_COOKIE_FORWARD | 6, .from = "10.0.0.2", .tx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "media, its address translated, and it gets acknowledgements only",
	  .leg = { PASS(.cookie = NW_COOKIE_FORWARD | 5),
		   PASS(.cookie = NW_COOKIE_FORWARD | 6, .from = "10.0.0.2", .tx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "pieces, each a connection, their address translated, told before what it gets",
	  .leg = { PASS(.cookie = NW_COOKIE_FORWARD | 6, .from = "10.0.0.2", .tx = 64000,
			.is_new_each = true),
		   PASS(.rx = 500, .is_new_each = true) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "media through a port that leads to it",
	  .leg = { PASS(.from = OUTSIDE, .to = CAMERA, .to_port = 554, .tx = 500),
		   PASS(.cookie = NW_COOKIE_FORWARD | 6, .from = "10.0.0.2", .port = 8554,
			.to_port = 50000, .tx = 64000) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "what it gets, beside what another sends from another port",
	  .leg = { PASS(.rx = 500), PASS(.cookie = NW_COOKIE_FORWARD | 6, .from = "10.0.0.2",
					 .port = 50001, .tx = 64000) },
	  .seconds = 60,
	  40,
	  40 },
	{ .what = "what it gets, beside what another sends to another port",
	  .leg = { PASS(.rx = 500), PASS(.cookie = NW_COOKIE_FORWARD | 6, .from = "10.0.0.2",
					 .to_port = 8443, .tx = 64000) },
	  .seconds = 60,
	  40,
	  40 },

	{ .what = "inside", .leg = { PASS(.to = "10.0.0.50", .tx = 64000) }, .seconds = 60, 0, 0 },
	{ .what = "no camera",
	  .leg = { PASS(.from = "10.0.0.77", .tx = 64000) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "a neighbour that makes no cameras",
	  .fact = "neigh.4026531840.3.10.0.0.44",
	  .value = "00:11:22:01:02:ff - Somebody",
	  .leg = { PASS(.from = "10.0.0.44", .tx = 64000) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "one that is bridged and makes no cameras",
	  .fact = "frame.4026531840.3.10.0.0.44",
	  .value = "00:11:22:01:02:ff - Somebody",
	  .leg = { PASS(.from = "10.0.0.44", .tx = 64000) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "this host's own",
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 64000) },
	  .seconds = 60,
	  0,
	  0 },
};

static void what_is_told_and_what_not(void **state)
{
	(void)state;
	look_at_all(ID, sights, NW_ARRAY_SIZE(sights));
}

/* The best score of 45 s in pieces of 5 s, where the ledger is looked at so often. */
static unsigned in_pieces(uint64_t period_ns)
{
	struct leg leg = PASS(.tx = 320000, .rx = 500);
	struct nw_feed *f = look_at(&(struct sight){ .what = "a recorder" });
	unsigned top;

	for (unsigned i = 0; i < 9; i++) {
		leg_piece(f, &leg);
		for (uint64_t t = 0; t < 5 * NW_FEED_SEC; t += period_ns) {
			nw_feed_clock(f, (struct nw_feed_time){ .after_ns = period_ns,
								.period_ns = period_ns });
		}
	}
	top = top_score(f, ID);
	nw_feed_free(f);
	return top;
}

/* A connection each second, of which all that began since are measured every 5 s, the last one first. */
static unsigned measured_together(void)
{
	struct leg leg = PASS(.tx = 64000);
	struct nw_feed *f = look_at(&(struct sight){ .what = "a recorder" });
	unsigned top;

	for (unsigned i = 0; i < 9; i++) {
		nw_feed_clock(f, (struct nw_feed_time){ .after_ns = 5 * NW_FEED_SEC,
							.period_ns = 5 * NW_FEED_SEC });
		for (unsigned k = 1; k <= 5; k++) {
			struct nw_ev_sock e;

			leg.cookie += 1000;
			leg.port++;
			leg.tx_sum = leg.tx;
			leg.birth_ns = f->now_ns - k * NW_FEED_SEC + NW_FEED_SEC / 2;
			e = leg_sock(f, &leg, NW_SOCK_CLOSE);
			nw_feed_event(f, &e.ev);
		}
	}
	top = top_score(f, ID);
	nw_feed_free(f);
	return top;
}

static void a_slow_ledger_hides_no_stream(void **state)
{
	(void)state;
	assert_int_equal(in_pieces(5 * NW_FEED_SEC), 85);
	assert_int_equal(measured_together(), 85);
	assert_int_equal(in_pieces(NW_FEED_SEC), 40); /* pieces they are */
}

static void evidence_and_end(void **state)
{
	struct nw_feed *f = look_at(&sights[0]);
	const struct nw_finding *last = last_found(f, ID);

	(void)state;
	assert_null(last->proc);
	assert_non_null(last->camera);
	assert_in_range(evidence(last, "bytes_per_s"), 60000, 70000);
	assert_int_equal(evidence(last, "began_outside"), 0);
	run_legs(f, NULL, 0, 610);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

NW_TESTS(indicators_forwarded_camera, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(a_slow_ledger_hides_no_stream), cmocka_unit_test(evidence_and_end));
