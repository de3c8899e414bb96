/* SPDX-License-Identifier: Apache-2.0 */
/* The recorders that the catalogue knows, as facts say them: what finds no room is told as lost. */
#include "feed.h"

#define RECORDERS 256 /* of user/state/internal.h */

static uint64_t lost(struct nw_feed *f)
{
	unsigned n;

	nw_feed_tick(f, 2 * NW_FEED_SEC);
	n = nw_feed_count(f, NW_DATASET_LOSS);
	return n ? nw_feed_told(f, NW_DATASET_LOSS, n - 1)->loss.total[NW_LOSS_HOST] : 0;
}

/* A path as long as one can be, one longer, and none at all. */
static void a_path_too_long(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	char value[512];

	(void)state;
	nw_feed_fact(f, "recorder.1", "exe /opt/nvr/ NVR");
	nw_feed_fact(f, "recorder.2", "unit nvr.service NVR");
	assert_int_equal(lost(f), 0);
	snprintf(value, sizeof(value), "exe /%0400u NVR", 1U);
	nw_feed_fact(f, "recorder.3", value);
	assert_int_equal(lost(f), 1);
	nw_feed_fact(f, "recorder.4", "exe  NVR");
	assert_int_equal(lost(f), 2);
	nw_feed_free(f);
}

static void more_than_the_table_has(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	char key[32], value[64];

	(void)state;
	for (unsigned i = 0; i < RECORDERS + 3; i++) {
		snprintf(key, sizeof(key), "recorder.%u", i);
		snprintf(value, sizeof(value), "exe /opt/nvr%u/ NVR", i);
		nw_feed_fact(f, key, value);
	}
	assert_int_equal(lost(f), 3);
	nw_feed_free(f);
}

NW_TESTS(state_reader, cmocka_unit_test(a_path_too_long),
	 cmocka_unit_test(more_than_the_table_has));
