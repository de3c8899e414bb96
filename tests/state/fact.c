/* SPDX-License-Identifier: Apache-2.0 */
/* Facts: found by their key, replaced in place, and counted when there is no room for one. */
#include "feed.h"
#include "state/internal.h"

static uint64_t lost(const struct nw_feed *f)
{
	return nw_state_loss(f->state, NW_LOSS_HOST);
}

static void a_fact_is_found_by_its_whole_key(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	(void)state;
	assert_null(nw_fact_find(f->state, "host.name"));
	nw_feed_fact(f, "host.name", "nvr-1");
	nw_feed_fact(f, "host", "whole");
	nw_feed_fact(f, "host.name.long", "");
	assert_string_equal(nw_fact_find(f->state, "host.name"), "nvr-1");
	assert_string_equal(nw_fact_find(f->state, "host"), "whole");
	assert_string_equal(nw_fact_find(f->state, "host.name.long"), "");
	assert_null(nw_fact_find(f->state, "host.nam"));
	nw_feed_free(f);
}

static void a_value_is_replaced_in_place(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	char value[16];

	(void)state;
	nw_feed_fact(f, "load", "0123456789");
	for (unsigned i = 0; i < 100000; i++) { /* room for one of ten is enough */
		(void)snprintf(value, sizeof(value), "%u", i);
		nw_feed_fact(f, "load", value);
		assert_string_equal(nw_fact_find(f->state, "load"), value);
	}
	assert_int_equal(lost(f), 0);
	nw_feed_fact(f, "load", "a value that is longer than the first");
	assert_string_equal(nw_fact_find(f->state, "load"),
			    "a value that is longer than the first");
	nw_feed_fact(f, "load", "");
	assert_string_equal(nw_fact_find(f->state, "load"), "");
	nw_feed_free(f);
}

static void a_generation_is_never_seen_twice(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	struct nw_feed *g = nw_feed_new("", NW_FEED_SEC);
	uint64_t before;

	(void)state;
	nw_feed_fact(f, "a", "1");
	before = nw_fact_generation(f->state);
	assert_int_not_equal(before, 0);
	nw_feed_tick(f, NW_FEED_SEC);
	assert_int_equal(nw_fact_generation(f->state), before);
	nw_feed_fact(g, "a", "1");
	assert_int_not_equal(nw_fact_generation(g->state), before);
	nw_feed_fact(f, "a", "1");
	assert_int_not_equal(nw_fact_generation(f->state), before);
	assert_int_not_equal(nw_fact_generation(f->state), nw_fact_generation(g->state));
	nw_feed_free(f);
	nw_feed_free(g);
}

static void too_many_are_counted(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	char key[32];

	(void)state;
	for (unsigned i = 0; i < NW_FACTS_MAX + 3; i++) {
		(void)snprintf(key, sizeof(key), "user.%u", i);
		nw_feed_fact(f, key, "x");
	}
	assert_int_equal(lost(f), 3);
	assert_string_equal(nw_fact_find(f->state, "user.0"), "x");
	assert_null(nw_fact_find(f->state, key));
	nw_feed_fact(f, "user.0", "y"); /* what is known can still change */
	assert_string_equal(nw_fact_find(f->state, "user.0"), "y");
	assert_int_equal(lost(f), 3);
	nw_feed_free(f);
}

static void too_much_text_is_counted(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	char value[NW_FACT_VALUE_MAX];
	char key[32];
	unsigned known = 0;

	(void)state;
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(key, sizeof(key), "big.%u", i);
		nw_feed_fact(f, key, value);
		if (nw_fact_find(f->state, key)) {
			assert_string_equal(nw_fact_find(f->state, key), value);
			known++;
		}
	}
	assert_int_equal(lost(f), 100 - known);
	assert_in_range(known, NW_FACTS_TEXT_MAX / NW_FACT_VALUE_MAX - 2,
			NW_FACTS_TEXT_MAX / NW_FACT_VALUE_MAX);
	nw_feed_free(f);
}

NW_TESTS(state_fact, cmocka_unit_test(a_fact_is_found_by_its_whole_key),
	 cmocka_unit_test(a_value_is_replaced_in_place),
	 cmocka_unit_test(a_generation_is_never_seen_twice), cmocka_unit_test(too_many_are_counted),
	 cmocka_unit_test(too_much_text_is_counted));
