/* SPDX-License-Identifier: Apache-2.0 */
/* Series: what a measure covers lands in its slots, whole, and what is old is forgotten. */
#include "harness.h"

#include "series.h"

#define SLOT NW_SERIES_SLOT_NS

static void a_measure_is_spread(void **state)
{
	static struct nw_series s;
	double v[4] = { 0 };

	(void)state;
	nw_series_clear(&s);
	nw_series_add(&s, 100 * SLOT + SLOT / 2, 102 * SLOT + SLOT / 2, 1000);
	nw_series_add_to(&s, 103, 4, v);
	assert_int_equal(v[0], 0);
	assert_in_range(v[1], 249, 251);
	assert_in_range(v[2], 499, 501);
	assert_int_equal(v[1] + v[2] + v[3], 1000);
	assert_int_equal(nw_series_sum(&s, 103, 3), 1000);
	assert_int_equal(s.first, 100);
	nw_series_add(&s, 102 * SLOT, 103 * SLOT, 7); /* its last slot ends where it ends */
	assert_int_equal(nw_series_sum(&s, 103, 3), 1007);
	assert_int_equal(s.last, 102);
}

static void what_is_old_is_forgotten(void **state)
{
	static struct nw_series s;
	uint64_t n = NW_SERIES_SLOTS;

	(void)state;
	nw_series_clear(&s);
	nw_series_add(&s, 10 * SLOT, 11 * SLOT, 5);
	nw_series_add(&s, (9 + n) * SLOT, (10 + n) * SLOT, 6);
	assert_int_equal(nw_series_sum(&s, 10 + n, (unsigned)n), 11);
	nw_series_add(&s, (10 + n) * SLOT, (11 + n) * SLOT, 7); /* takes the place of the first */
	assert_int_equal(nw_series_sum(&s, 11 + n, (unsigned)n), 13);
	assert_int_equal(nw_series_sum(&s, 11, 1), 0);
	nw_series_add(&s, 10 * SLOT, 11 * SLOT, 99); /* too late */
	assert_int_equal(nw_series_sum(&s, 11 + n, (unsigned)n), 13);
	nw_series_add(&s, 5000 * n * SLOT, 5000 * n * SLOT + SLOT, 3); /* nothing for long */
	assert_int_equal(nw_series_sum(&s, 5000 * n + 1, (unsigned)n), 3);
}

/* Longer than the ring, backwards, or of no time at all. */
static void odd_measures(void **state)
{
	static struct nw_series s;

	(void)state;
	nw_series_clear(&s);
	nw_series_add(&s, 5, 5, 0);
	nw_series_add(&s, 0, 0, 9);
	assert_int_equal(s.bytes, 0);
	nw_series_add(&s, 0, 3 * NW_SERIES_SLOTS * SLOT, 3000000);
	assert_in_range(nw_series_sum(&s, s.last + 1, NW_SERIES_SLOTS), 2999999, 3000000);
	nw_series_add(&s, (s.last + 1) * SLOT, s.last * SLOT + 1,
		      10); /* it ended before it began */
	assert_in_range(nw_series_sum(&s, s.last + 1, NW_SERIES_SLOTS), 3000009, 3000010);
	nw_series_add(&s, UINT64_MAX - 9, UINT64_MAX, UINT64_MAX);
	assert_int_equal(nw_series_sum(&s, s.last + 1, 1), UINT32_MAX);
}

NW_TESTS(user_series, cmocka_unit_test(a_measure_is_spread),
	 cmocka_unit_test(what_is_old_is_forgotten), cmocka_unit_test(odd_measures));
