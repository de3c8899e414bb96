/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of its wall clock: the last word counts, and what is none makes it unknown. */
#include "feed.h"

static const char *said(struct nw_feed *f)
{
	static char text[64];
	const struct nw_clock *c = nw_clock_of(f->state);

	if (!c) {
		return "unknown";
	}
	(void)snprintf(text, sizeof(text), "%s %llu", c->is_synchronised ? "yes" : "no",
		       (unsigned long long)c->max_error_us);
	return text;
}

static void the_last_word_counts(void **state)
{
	static const char *const t[][2] = {
		{ "synchronised 0", "yes 0" },
		{ "synchronised 4321", "yes 4321" },
		{ "unsynchronised 16000000", "no 16000000" },
		{ "unknown", "unknown" },
		{ "unsynchronised 5", "no 5" },
		{ "synchronised", "unknown" },
		{ "synchronised 5", "yes 5" },
		{ "synchronised -5", "unknown" },
		{ "synchronised 5 5", "unknown" },
		{ "synchronised  5", "unknown" },
		{ "perhaps 5", "unknown" },
		{ "", "unknown" },
	};
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	(void)state;
	assert_string_equal(said(f), "unknown");
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		nw_feed_fact(f, "clock", t[i][0]);
		assert_string_equal(said(f), t[i][1]);
	}
	nw_feed_fact(f, "clock", "synchronised 5");
	nw_feed_fact(f, "clocks", "unknown");
	assert_string_equal(said(f), "yes 5");
	nw_feed_free(f);
}

NW_TESTS(state_clock, cmocka_unit_test(the_last_word_counts));
