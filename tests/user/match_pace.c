/* SPDX-License-Identifier: Apache-2.0 */
/* What paces a stream: encoders' own streams of tests/data, and uploads that are none. */
#include "match.h"
#include "series.h"
#include "wire_streams.h"

#define SECONDS 80.0
#define N	300U

/* As the ledger would have measured it, the last N slots but some. */
static void slots_of(const struct wire_clock *c, const struct wire_flow *f, double *ret)
{
	static struct nw_series s;
	uint64_t start = 1000 * NW_SERIES_SLOT_NS;
	uint64_t last = start;

	nw_series_clear(&s);
	for (unsigned i = 0; i < c->passes; i++) {
		uint64_t at = start + (uint64_t)(c->at[i] * 1e9);

		nw_series_add(&s, last, at, (uint64_t)f->moved[i]);
		last = at;
	}
	memset(ret, 0, N * sizeof(*ret));
	nw_series_add_to(&s, 1000 + c->passes - 5, N, ret);
}

static bool is_encoders(const struct nw_match_pace *p)
{
	return p->still <= 0.02 && p->uneven >= 0.03 && p->turning <= -0.35 && p->level <= 0.35;
}

static unsigned count(bool is_camera, unsigned kind, unsigned trials)
{
	unsigned found = 0;

	for (unsigned k = 0; k < trials; k++) {
		struct wire_chance r = { .state = 7919ULL * k + kind };
		struct wire_way w = {
			.factor = 1.01, .a_frame = 60, .jitter = 0.03, .again = kind
		};
		static struct wire_flow f;
		static struct wire_clock c;
		struct nw_match_pace p;
		struct wire_camera cam;
		const struct wire_camera *one = &cam;
		double y[N];

		wire_clock(&c, &r, SECONDS);
		wire_camera(&cam, &r, k % WIRE_TABLES);
		if (is_camera) {
			wire_relay(&c, &r, &one, 1, &w, &f);
		} else {
			wire_other(&c, &r, (enum wire_other)kind, wire_between(&r, 2e4, 5e5), &f);
		}
		slots_of(&c, &f, y);
		found += nw_match_pace(y, N, &p) && is_encoders(&p);
	}
	return found;
}

static void an_encoder_is_known_by_its_pace(void **state)
{
	(void)state;
	assert_true(count(true, WIRE_AGAIN, 48) >= 44);
}

static void what_fills_a_link_is_not(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < WIRE_PIECES; kind++) {
		assert_int_equal(count(false, kind, 40), 0);
	}
	/* By pieces at a rate that is held: the one that can look the same, and mostly does not. */
	assert_true(count(false, WIRE_PIECES, 40) <= 20);
}

static void nothing_has_no_pace(void **state)
{
	double y[NW_MATCH_SLOTS_MAX] = { 0 };
	struct nw_match_pace p;

	(void)state;
	assert_false(nw_match_pace(y, NW_MATCH_SLOTS_MAX, &p));
	y[0] = 1e18;
	assert_true(nw_match_pace(y, NW_MATCH_SLOTS_MAX, &p));
	assert_true(p.still > 0.9 && p.level > 0.9);
	assert_false(nw_match_pace(y, 3, &p));
}

/* Equal rhythms agree at every shift of their period; a stream with itself, at one. */
static void chance_is_what_rhythms_have(void **state)
{
	struct wire_chance r = { .state = 5 };
	double rhythm[N], own[N];

	(void)state;
	for (unsigned k = 0; k < N; k++) {
		rhythm[k] = k % 10 ? 1000 : 9000;
		own[k] = 1000 + 8000 * wire_chance(&r);
	}
	assert_true(nw_match_chance(rhythm, rhythm, N) > 0.99);
	assert_true(nw_match_chance(own, own, N) < 0.4);
	memset(own, 0, sizeof(own));
	assert_true(nw_match_chance(own, rhythm, N) <= 0);
}

NW_TESTS(user_match_pace, cmocka_unit_test(an_encoder_is_known_by_its_pace),
	 cmocka_unit_test(what_fills_a_link_is_not), cmocka_unit_test(nothing_has_no_pace),
	 cmocka_unit_test(chance_is_what_rhythms_have));
