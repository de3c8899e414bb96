/* SPDX-License-Identifier: Apache-2.0 */
/* Losses: what others counted and what the tables did are one sum for each cause, told as it grows. */
#include "state/name_feed.h"

static const struct nw_loss_record *told(const struct nw_feed *f)
{
	return &nw_feed_only(f, NW_DATASET_LOSS)->loss;
}

/* Of every cause that others count: the total, and what of it is new. */
static void what_others_counted(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);

	(void)state;
	for (int i = 0; i < _NW_LOSS_KERNEL_MAX; i++) {
		nw_feed_loss(f, (enum nw_loss)i, 10U + (unsigned)i);
	}
	nw_feed_loss(f, NW_LOSS_FILE, 7);
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	for (int i = 0; i < _NW_LOSS_KERNEL_MAX; i++) {
		assert_int_equal(told(f)->total[i], 10 + i);
		assert_int_equal(told(f)->delta[i], 10 + i);
	}
	assert_int_equal(told(f)->total[NW_LOSS_FILE], 7);
	nw_feed_forget(f);
	nw_feed_loss(f, NW_LOSS_FILE, 9);
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(told(f)->total[NW_LOSS_FILE], 9);
	assert_int_equal(told(f)->delta[NW_LOSS_FILE], 2);
	assert_int_equal(told(f)->total[NW_LOSS_OWNER], 10 + NW_LOSS_OWNER);
	assert_int_equal(told(f)->delta[NW_LOSS_OWNER], 0);
	nw_feed_forget(f);
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(nw_feed_count(f, NW_DATASET_LOSS), 0);
	nw_feed_free(f);
}

/* What the host lost and what could not be made of its facts are different things, in any order. */
static void of_one_cause_on_both_sides(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);

	(void)state;
	nw_feed_fact(f, "speaks.1", "dahua\tlibx.so");
	nw_feed_loss(f, NW_LOSS_HOST, 2);
	nw_feed_fact(f, "speaks.2", "dahua\tlibx.so");
	nw_feed_loss(f, NW_LOSS_HOST, 3);
	nw_feed_loss(f, NW_LOSS_HOST, 3); /* nothing new */
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(told(f)->total[NW_LOSS_HOST], 5);
	assert_int_equal(told(f)->delta[NW_LOSS_HOST], 5);
	nw_feed_free(f);
}

/* The table of names counts by itself, and is asked when losses are told. */
static void names_that_had_to_go(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: {names: 64}", 60 * NW_FEED_SEC);
	char address[32];

	(void)state;
	for (unsigned i = 1; i <= 64 + 3; i++) {
		snprintf(address, sizeof(address), "203.0.113.%u", i);
		nw_feed_resolve(f, "cdn.example.org", address, 100);
	}
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(told(f)->total[NW_LOSS_NAME_EVICTED], 3);
	nw_feed_free(f);
}

NW_TESTS(state_state, cmocka_unit_test(what_others_counted),
	 cmocka_unit_test(of_one_cause_on_both_sides), cmocka_unit_test(names_that_had_to_go));
