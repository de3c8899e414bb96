/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of live-relay, on curves whose answer is known because they were made so. */
#include <string.h>

#include "wire_streams.h"

#include "match.h"

#define N    150U
#define LAGS 18U

static double x[N + LAGS], y[N];

/* A stream without rhythm, and what leaves of it: lag slots later, and more. */
static void make(uint64_t seed, unsigned lag, double ratio, double noise)
{
	struct wire_chance r = { .state = seed };

	for (unsigned i = 0; i < N + LAGS; i++) {
		x[i] = 20000 + 15000 * wire_chance(&r) + (i % 11 == 0 ? 60000 : 0);
	}
	for (unsigned k = 0; k < N; k++) {
		y[k] = ratio * x[LAGS + k - lag] + noise * (wire_chance(&r) - 0.5);
	}
}

static void a_curve_is_found_at_its_lag(void **state)
{
	struct nw_match m;

	(void)state;
	for (unsigned lag = 0; lag <= LAGS; lag += 3) {
		make(lag + 1, lag, 1.06, 2000);
		assert_true(nw_match_curve(x, y, N, LAGS, &m));
		assert_int_equal(m.lag, lag);
		assert_true(fabs(m.ratio - 1.06) < 0.005);
		assert_true(m.residual < 0.05);
		assert_true(m.unexplained < 0.2);
	}
}

static void another_curve_is_not(void **state)
{
	static double other[N + LAGS];
	struct nw_match m;
	unsigned close = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		make(seed, 0, 1, 0);
		memcpy(other, x, sizeof(other));
		make(seed + 5000, 4, 1, 0);
		close += nw_match_curve(other, y, N, LAGS, &m) && m.unexplained < 0.25;
	}
	assert_int_equal(close, 0);
}

static void a_link_that_stands_still(void **state)
{
	struct nw_match late, even;
	double queue = 0;

	(void)state;
	make(3, 2, 1.02, 0);
	for (unsigned k = 0; k < N; k++) { /* 2 s in 10 nothing goes, then what has waited */
		double room = k % 50 < 10 ? 0 : 120000;

		queue += y[k];
		y[k] = NW_MIN(queue, room);
		queue -= y[k];
	}
	assert_true(nw_match_late(x, y, N, LAGS, &late));
	assert_true(nw_match_curve(x, y, N, LAGS, &even));
	assert_true(fabs(late.ratio - 1.02) < 0.02);
	assert_true(late.residual < 0.1);
	assert_true(late.residual < even.residual);
}

static void bytes_are_conserved(void **state)
{
	struct nw_match_conserved c;

	(void)state;
	make(4, 5, 1.1, 0);
	assert_true(nw_match_conserve(x, y, N, LAGS, &c));
	assert_int_equal(c.lag, 5);
	assert_true(fabs(c.ratio - 1.1) < 0.01);
	assert_true(c.swing < 0.01);
	for (unsigned k = 0; k < N; k++) { /* all of it in the second half */
		y[k] = k < N / 2 ? 0 : 2 * y[k];
	}
	assert_true(nw_match_conserve(x, y, N, LAGS, &c));
	assert_true(c.swing > 30);
}

static void bursts_are_compared_where_they_begin(void **state)
{
	struct nw_match_bursts b;
	double pending = 0;

	(void)state;
	make(5, 0, 1, 0);
	for (unsigned k = 0; k < N; k++) { /* segments of uneven length, each sent in one slot */
		bool is_whole = k % 37 == 8 || k % 37 == 20;
		double due = pending;

		pending = is_whole ? y[k] : pending + y[k];
		y[k] = is_whole ? due : 0;
	}
	assert_true(nw_match_bursts(x, y, N, LAGS, &b));
	assert_true(b.bursts > 6);
	assert_true(fabs(b.ratio - 1) < 0.02);
	assert_true(b.residual < 0.01);
}

static void timing_without_bytes(void **state)
{
	struct nw_match_timing t;

	(void)state;
	make(6, 7, 0.2, 3000);
	assert_true(nw_match_timing(x, y, N, LAGS, &t));
	assert_int_equal(t.lag, 7);
	assert_true(t.correlation > 0.8);
	assert_true(t.gain > 0.5);
	for (unsigned k = 0; k < N; k++) { /* the same rhythm, hardly there */
		y[k] = 1e6 + y[k] / 100;
	}
	assert_true(nw_match_timing(x, y, N, LAGS, &t));
	assert_true(t.gain < 0.01);
}

static void nothing_to_compare(void **state)
{
	struct nw_match m;
	struct nw_match_conserved c;
	struct nw_match_bursts b;
	struct nw_match_timing t;

	(void)state;
	make(1, 0, 1, 0);
	memset(y, 0, sizeof(y));
	assert_false(nw_match_curve(x, y, N, LAGS, &m));
	assert_false(nw_match_late(x, y, N, LAGS, &m));
	assert_false(nw_match_conserve(x, y, N, LAGS, &c));
	assert_false(nw_match_bursts(x, y, N, LAGS, &b));
	assert_false(nw_match_timing(x, y, N, LAGS, &t));
	memset(x, 0, sizeof(x));
	y[20] = 1e18;
	assert_false(nw_match_curve(x, y, N, LAGS, &m));
	assert_false(nw_match_conserve(x, y, N, LAGS, &c));
	assert_false(nw_match_curve(x, y, 3, LAGS, &m));
}

NW_TESTS(user_match, cmocka_unit_test(a_curve_is_found_at_its_lag),
	 cmocka_unit_test(another_curve_is_not), cmocka_unit_test(a_link_that_stands_still),
	 cmocka_unit_test(bytes_are_conserved),
	 cmocka_unit_test(bursts_are_compared_where_they_begin),
	 cmocka_unit_test(timing_without_bytes), cmocka_unit_test(nothing_to_compare));
