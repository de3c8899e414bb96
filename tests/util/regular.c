/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regularity against figures that RITA's own tests have for the same series (activecm/rita,
 * analysis/beacons_test.go, commit 392fd1679b5a), and against the definitions, slowly.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#include "util/macro.h"
#include "util/regular.h"

static int up(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void near(double a, double b)
{
	assert_true(a > b - 0.0011 && a < b + 0.0011);
}

static void as_rita_scores_them(void **state)
{
	static const struct {
		uint32_t v[10];
		unsigned n;
		double score, mad;
	} row[] = {
		{ { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 9, 1, 0 },
		{ { 60, 60, 60, 60, 60, 60, 60, 60, 60 }, 9, 1, 0 },
		{ { 98, 99, 99, 100, 100, 100, 101, 101, 102 }, 9, 0.995, 1 },
		{ { 98, 98, 98, 98, 98, 300, 300, 300, 300, 300 }, 10, 0.746, 101 },
		{ { 1, 2, 25, 42, 90, 299, 500, 1500, 4975 }, 9, 0.083, 89 },
		{ { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 10, 0.773, 2.5 },
	};
	uint32_t ms[10];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		near(nw_rita_spread(row[i].v, row[i].n, 1, 1), row[i].score);
		near(nw_mad(row[i].v, row[i].n, 1), row[i].mad);
		for (unsigned k = 0; k < row[i].n; k++) {
			ms[k] = row[i].v[k] * 1000 + 999;
		}
		near(nw_rita_spread(ms, row[i].n, 1000, 1), row[i].score);
	}
	assert_true(nw_rita_spread(row[0].v, 2, 1, 1) <= 0);
}

/* The definitions, by sorting all distances. */
static void median_and_mad_by_definition(void **state)
{
	uint32_t v[64];
	uint32_t twice[64]; /* of the distances: a median may be a half */
	unsigned seed = 20261128;

	(void)state;
	for (unsigned trial = 0; trial < 2000; trial++) {
		unsigned n = 1 + trial % 64;
		double want;
		double m2;

		for (unsigned i = 0; i < n; i++) {
			v[i] = (seed = seed * 1103515245 + 12345) >> (trial % 3 * 8 + 8);
			nw_sorted_add(v, i, v[i]);
		}
		for (unsigned i = 1; i < n; i++) {
			assert_true(v[i - 1] <= v[i]);
		}
		m2 = nw_median(v, n, 1) * 2;
		for (unsigned i = 0; i < n; i++) {
			double d = 2.0 * v[i] - m2;

			twice[i] = (uint32_t)(d < 0 ? -d : d);
		}
		qsort(twice, n, sizeof(*twice), up);
		want = n % 2 ? twice[n / 2] : (twice[n / 2 - 1] + (double)twice[n / 2]) / 2;
		near(nw_mad(v, n, 1), want / 2);
		nw_sorted_remove(v, n, v[n / 3]);
		for (unsigned i = 1; i + 1 < n; i++) {
			assert_true(v[i - 1] <= v[i]);
		}
	}
}

static double hist(const uint32_t bar[NW_RITA_BARS], unsigned bars, unsigned run)
{
	unsigned got_bars;
	unsigned got_run;
	double score = nw_rita_histogram(bar, &got_bars, &got_run);

	assert_int_equal(got_bars, bars);
	assert_int_equal(got_run, run);
	return score;
}

static void histograms_and_durations(void **state)
{
	uint32_t flat[NW_RITA_BARS];
	uint32_t two[NW_RITA_BARS];
	uint32_t few[NW_RITA_BARS] = { 7, 0, 0, 9 };
	uint32_t round[NW_RITA_BARS] = { [0] = 5, [1] = 5, [22] = 5, [23] = 5 };
	uint32_t none[NW_RITA_BARS] = { 0 };

	(void)state;
	for (unsigned i = 0; i < NW_RITA_BARS; i++) {
		flat[i] = 60;
		two[i] = i % 2 ? 10 : 100; /* cv = 45 / 55; both heights: all bars */
	}
	near(hist(flat, 24, 24), 1);
	near(hist(two, 24, 24), 1);
	two[4] = 0;
	two[6] = 0;
	two[8] = 50; /* 21 of 22 - 1 have one of the two */
	near(hist(two, 22, 21), 1);
	near(hist(few, 2, 1), 0);
	near(hist(round, 4, 4), 0);
	near(hist(none, 0, 0), 0);
	for (unsigned i = 0; i < NW_RITA_BARS; i++) {
		flat[i] = 59 + i % 2 * 2; /* sigma 1, mean 60 */
	}
	near(hist(flat, 24, 24), 1);
	near(nw_rita_duration(0.5, 12, 3), 0.5);
	near(nw_rita_duration(0.1, 12, 6), 0.5);
	near(nw_rita_duration(1.0, 5, 5), 0);
	near(nw_rita_duration(0.2, 24, 24), 1);
	near(nw_rita_score(0.8, 0.6, 0.4, 0.2), 0.5);
}

static void regular_is_one_less_the_spread(void **state)
{
	static const uint32_t same[] = { 5, 5, 5 };
	static const uint32_t half[] = { 50, 75, 100, 125, 150 };
	static const uint32_t chance[] = { 1, 10, 70, 150, 600 };
	static const uint32_t none[] = { 0, 0, 0, 0 };
	static const uint32_t mostly_none[] = { 0, 0, 0, 9 };

	(void)state;
	near(nw_regular(same, 3), 1);
	near(nw_regular(half, 5), 0.5);
	near(nw_regular(chance, 5), 0);
	near(nw_regular(none, 4), 1);
	near(nw_regular(mostly_none, 4), 1); /* as medians go */
	near(nw_regular(none, 0), 0);
}

static void logarithms(void **state)
{
	(void)state;
	near(nw_log2(1), 0);
	near(nw_log2(2), 1);
	near(nw_log2(10), 3.321928);
	near(nw_log2(255), 7.994353);
}

NW_TESTS(util_regular, cmocka_unit_test(logarithms), cmocka_unit_test(as_rita_scores_them),
	 cmocka_unit_test(median_and_mad_by_definition), cmocka_unit_test(histograms_and_durations),
	 cmocka_unit_test(regular_is_one_less_the_spread));
