/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beacon: a program that asks now here, now there, with one clock; against lists that are gone through,
 * several clocks in one program, and places that come by chance.
 */
#include "indicators/net_feed.h"

#define SEC    NW_FEED_SEC
#define PLACES 3

/* Each of so many contacts: where to, and after how long the next one. */
struct way {
	const char *what;
	double period_s, jitter;
	unsigned
		list; /* of so many contacts one goes to all places, one after the other, half a second apart */
	bool is_chance;	   /* in time */
	bool is_of_office; /* all but one place */
	unsigned got;
	bool is_found;
};

static const struct way ways[] = {
	{ .what = "one of three, as it comes", .period_s = 4, .jitter = 0.2, .is_found = true },
	{ .what = "... without jitter", .period_s = 60, .is_found = true },
	{ .what = "three in a row, at regular times", .period_s = 60, .list = 1 },
	{ .what = "... now and then", .period_s = 60, .list = 3 },
	{ .what = "one file after the other, from mirrors", .period_s = 2, .got = 200000 },
	{ .what = "as by chance", .period_s = 20, .is_chance = true },
	{ .what = "two of them in the office",
	  .period_s = 4,
	  .jitter = 0.25,
	  .is_of_office = true },
};

static const char *const place[2][PLACES] = {
	{ "203.0.113.7", "203.0.113.8", "198.51.100.9" },
	{ "203.0.113.7", "10.0.0.8", "10.0.0.9" },
};

static void contact(struct nf *n, const struct way *w, unsigned at)
{
	nf_contact(n, (struct nf_contact){
			      .to = place[w->is_of_office][at], .tx = 300, .rx = w->got + 200 });
}

static uint64_t until_next(struct nf *n, const struct way *w)
{
	double x = w->is_chance ? 4 * nf_random(n) * nf_random(n)
				: 1 + w->jitter * (2 * nf_random(n) - 1);

	return (uint64_t)(w->period_s * x * (double)SEC) + NF_BIN;
}

/* The best that was told of whatever place. */
static const struct nw_finding *of_all(const struct nf *n)
{
	const struct nw_finding *ret = NULL;

	for (unsigned i = 0; i < n->n; i++) {
		if (n->finding[i].evidence_len == 14 &&
		    (!ret || n->finding[i].score > ret->score)) {
			ret = &n->finding[i];
		}
	}
	return ret;
}

static void go(struct nf *n, const struct way *w, unsigned contacts)
{
	for (unsigned i = 0; i < contacts; i++) {
		bool is_list = w->list && i % w->list == 0;

		for (unsigned k = 0; k < PLACES && is_list; k++) {
			contact(n, w, k);
			nf_tick(n, SEC / 2);
		}
		if (!is_list) {
			contact(n, w, (unsigned)(nf_random(n) * PLACES));
		}
		nf_tick(n, until_next(n, w));
	}
}

static void one_clock_for_many_places(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(ways); i++) {
		struct nf *n = nf_new("beacon", "");
		const struct nw_finding *f;

		go(n, &ways[i], 18);
		f = of_all(n);
		if (ways[i].is_found ? !f || f->score < NW_ALERT_SCORE : f != NULL) {
			print_message("%s: %u\n", ways[i].what, f ? f->score : 0);
			wrong++;
		}
		if (f && ways[i].is_found) {
			assert_int_equal(nf_evidence(f, "places"), PLACES);
		}
		nf_free(n);
	}
	assert_int_equal(wrong, 0);
}

/* One place alone is told as before, and once. */
static void one_place_is_told_once(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 30; i++) {
		nf_contact(n, (struct nf_contact){ .to = i % 10 == 5 ? place[0][1] : place[0][0],
						   .tx = 300,
						   .rx = 200 });
		nf_tick(n, 30 * SEC);
	}
	assert_null(of_all(n));
	nf_free(n);
}

NW_TESTS(indicators_beacon_places, cmocka_unit_test(one_clock_for_many_places),
	 cmocka_unit_test(one_place_is_told_once));
