/* SPDX-License-Identifier: Apache-2.0 */
/* Which known word was meant. */
#include "harness.h"

#include <string.h>

#include "util/macro.h"
#include "util/nearest.h"

static const char *nearest(const char *typed)
{
	static const char *const known[] = { "flows", "flow_interval", "limits", "listeners",
					     "site" };
	struct nw_nearest best = { 0 };

	for (size_t i = 0; i < NW_ARRAY_SIZE(known); i++) {
		nw_nearest_try(&best, typed, known[i]);
	}
	return best.word ? best.word : "(none)";
}

static void finds_what_was_meant(void **state)
{
	(void)state;
	assert_string_equal(nearest("flow"), "flows");
	assert_string_equal(nearest("lfows"), "flows");
	assert_string_equal(nearest("limit"), "limits");
	assert_string_equal(nearest("Limits"), "limits");
	assert_string_equal(nearest("flow-interval"), "flow_interval");
	assert_string_equal(nearest("flowinterval"), "flow_interval");
	assert_string_equal(nearest("litseners"), "listeners");
	assert_string_equal(nearest("sit"), "site");
}

static void does_not_guess_wildly(void **state)
{
	char longest[200];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_string_equal(nearest(""), "(none)");
	assert_string_equal(nearest("x"), "(none)");
	assert_string_equal(nearest("colour"), "(none)");
	assert_string_equal(nearest(longest), "(none)");
}

NW_TESTS(util_nearest, cmocka_unit_test(finds_what_was_meant),
	 cmocka_unit_test(does_not_guess_wildly));
