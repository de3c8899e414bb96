/* SPDX-License-Identifier: Apache-2.0 */
/* Rings of slots: what is too old is gone, whatever time does; and scales between their steps. */
#include "harness.h"

#include "util/macro.h"
#include "util/window.h"

static void what_is_too_old_is_gone(void **state)
{
	uint32_t slot[4] = { 0 };
	uint32_t newest = 100;

	(void)state;
	for (uint32_t t = 100; t < 110; t++) {
		nw_window_turn(slot, sizeof(*slot), 4, &newest, t);
		nw_window_add(&slot[newest % 4], 10 + t);
	}
	assert_int_equal(nw_window_sum(slot, 4), 116 + 117 + 118 + 119);
	nw_window_turn(slot, sizeof(*slot), 4, &newest, 111); /* 106 and 107 go */
	assert_int_equal(nw_window_sum(slot, 4), 118 + 119);
	nw_window_turn(slot, sizeof(*slot), 4, &newest, 3); /* time goes back: nothing */
	assert_int_equal(newest, 111);
	assert_int_equal(nw_window_sum(slot, 4), 118 + 119);
	nw_window_turn(slot, sizeof(*slot), 4, &newest, UINT32_MAX);
	assert_int_equal(nw_window_sum(slot, 4), 0);
}

static void sums_stay_at_their_end(void **state)
{
	uint32_t sum = 7;

	(void)state;
	nw_window_add(&sum, UINT64_MAX);
	assert_int_equal(sum, UINT32_MAX);
	nw_window_add(&sum, 1);
	assert_int_equal(sum, UINT32_MAX);
}

static void scales(void **state)
{
	static const struct nw_scale s[] = { { 10, 5 }, { 20, 15 }, { 1000, 90 } };

	(void)state;
	assert_int_equal(nw_scale_of(s, 3, 0), 5);
	assert_int_equal(nw_scale_of(s, 3, 10), 5);
	assert_int_equal(nw_scale_of(s, 3, 15), 10);
	assert_int_equal(nw_scale_of(s, 3, 20), 15);
	assert_int_equal(nw_scale_of(s, 3, 999), 89);
	assert_int_equal(nw_scale_of(s, 3, UINT64_MAX), 90);
}

NW_TESTS(util_window, cmocka_unit_test(what_is_too_old_is_gone),
	 cmocka_unit_test(sums_stay_at_their_end), cmocka_unit_test(scales));
