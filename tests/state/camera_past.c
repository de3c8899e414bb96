/* SPDX-License-Identifier: Apache-2.0 */
/* Cameras of earlier sessions, as rows of state.db: what is none, and what finds no room, is told as lost. */
#include "feed.h"

#include "state/camera.h"

static void row(struct nw_feed *f, const char *address)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "1 2 0 100\taxis, M1\t%s", address);
	nw_feed_fact(f, "kept.camera", text);
}

static uint64_t told(const struct nw_feed *f)
{
	unsigned n = nw_feed_count(f, NW_DATASET_LOSS);

	return n ? nw_feed_told(f, NW_DATASET_LOSS, n - 1)->loss.total[NW_LOSS_STATE] : 0;
}

static void rows_that_are_none(void **state)
{
	static const char *const bad[] = { "10.0.0", "10.0.0.999", "gate", "10.0.0.9 ", "::g" };
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);

	(void)state;
	row(f, "10.0.0.9");
	row(f, "2001:db8::9");
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(told(f), 0);
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		row(f, bad[i]);
	}
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(told(f), NW_ARRAY_SIZE(bad));
	nw_feed_free(f);
}

static void more_than_the_table_has(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	char address[32];

	(void)state;
	for (unsigned i = 0; i < NW_CAMERAS_MAX + 3; i++) {
		(void)snprintf(address, sizeof(address), "10.1.%u.%u", i / 200, i % 200 + 1);
		row(f, address);
	}
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(told(f), 3);
	nw_feed_free(f);
}

NW_TESTS(state_camera_past, cmocka_unit_test(rows_that_are_none),
	 cmocka_unit_test(more_than_the_table_has));
