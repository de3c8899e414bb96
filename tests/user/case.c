/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: one finding for what goes on, told when it is due and not more often. */
#include <string.h>

#include "harness.h"

#include "case.h"

#define SECOND NW_NSEC_PER_SEC

static void opened_updated_and_quiet(void **state)
{
	enum nw_finding_action action = NW_FINDING_CLOSED;
	struct nw_cases c;
	bool is_new;
	uint32_t i;

	(void)state;
	assert_int_equal(nw_cases_init(&c, 4), 0);
	i = nw_cases_get(&c, "a", &is_new);
	assert_true(is_new);
	assert_true(nw_cases_seen(&c, i, 10 * SECOND, 50, &action));
	assert_int_equal(action, NW_FINDING_OPENED);
	assert_int_equal(nw_cases_get(&c, "a", &is_new), i);
	assert_false(is_new);
	assert_false(nw_cases_seen(&c, i, 11 * SECOND, 59, &action));
	assert_true(nw_cases_seen(&c, i, 12 * SECOND, 60, &action)); /* it rose by ten */
	assert_int_equal(action, NW_FINDING_UPDATED);
	assert_false(nw_cases_seen(&c, i, 71 * SECOND, 60, &action));
	assert_true(nw_cases_seen(&c, i, 72 * SECOND, 60, &action));
	assert_int_equal(c.item[i].count, 5);
	assert_int_equal(c.item[i].first_ns, 10 * SECOND);
	assert_int_equal(nw_cases_quiet(&c, 171 * SECOND, 100 * SECOND), NW_CASE_NONE);
	assert_int_equal(nw_cases_quiet(&c, 172 * SECOND, 100 * SECOND), i);
	nw_cases_remove(&c, i);
	assert_int_equal(nw_cases_find(&c, "a"), NW_CASE_NONE);
	nw_cases_free(&c);
}

static void a_full_table_loses_the_quietest(void **state)
{
	enum nw_finding_action action;
	struct nw_cases c;
	bool is_new;

	(void)state;
	assert_int_equal(nw_cases_init(&c, 2), 0);
	(void)nw_cases_seen(&c, nw_cases_get(&c, "a", &is_new), 1, 1, &action);
	(void)nw_cases_seen(&c, nw_cases_get(&c, "b", &is_new), 2, 1, &action);
	(void)nw_cases_seen(&c, nw_cases_get(&c, "a", &is_new), 3, 1, &action);
	(void)nw_cases_get(&c, "c", &is_new);
	assert_true(is_new);
	assert_int_equal(c.evicted, 1);
	assert_int_equal(nw_cases_find(&c, "b"), NW_CASE_NONE);
	assert_int_not_equal(nw_cases_find(&c, "a"), NW_CASE_NONE);
	nw_cases_free(&c);
}

static void keys_are_bounded(void **state)
{
	static const uint8_t addr[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 7 };
	struct nw_case_key k = { .len = 0 };

	(void)state;
	nw_case_key_program(&k, NULL);
	nw_case_key_addr(&k, addr);
	nw_case_key_u64(&k, 0);
	nw_case_key_u64(&k, UINT64_MAX);
	assert_string_equal(k.text, "? 192.0.2.7 0 18446744073709551615");
	for (unsigned i = 0; i < 100; i++) {
		nw_case_key_text(&k, "hostile");
	}
	assert_int_equal(k.len, NW_CASE_KEY - 1);
	assert_int_equal(strlen(k.text), NW_CASE_KEY - 1);
}

static struct nw_case_key key_of(const char *program, uint64_t port)
{
	struct nw_case_key k; /* as callers have it: only the length is said */

	memset(&k, 0xff, sizeof(k));
	k.len = 0;
	nw_case_key_text(&k, program);
	nw_case_key_u64(&k, port);
	return k;
}

/* Who chooses a long path must not choose what counts as one thing. */
static void what_is_pushed_out_still_counts(void **state)
{
	char path[256];

	(void)state;
	memset(path, 'x', sizeof(path));
	for (size_t len = 100; len < sizeof(path); len++) {
		struct nw_case_key one, two;

		path[len] = '\0';
		one = key_of(path, 80);
		two = key_of(path, 81);
		assert_string_not_equal(one.text, two.text);
		two = key_of(path, 80);
		assert_string_equal(one.text, two.text);
		assert_int_equal(strlen(one.text), NW_MIN(len + 3, NW_CASE_KEY - 1UL));
		assert_int_equal(one.len, strlen(one.text));
		path[len] = 'x';
	}
}

NW_TESTS(user_case, cmocka_unit_test(opened_updated_and_quiet),
	 cmocka_unit_test(a_full_table_loses_the_quietest), cmocka_unit_test(keys_are_bounded),
	 cmocka_unit_test(what_is_pushed_out_still_counts));
