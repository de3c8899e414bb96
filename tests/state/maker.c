/* SPDX-License-Identifier: Apache-2.0 */
/* What facts say of makers; those that are not well formed say nothing and are counted. */
#include "state/maker.h"
#include "feed.h"

static void rows(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	(void)state;
	nw_feed_fact(f, "maker.1", "tplink\tmixed\tTP-Link");
	nw_feed_fact(f, "maker.2", "axis\tcameras\tAxis");
	nw_feed_fact(f, "maker.3", "axis\tcameras\tAxis Communications"); /* the site's own */
	nw_feed_fact(f, "sign.1", "axis\tserver\tBoa");
	nw_feed_fact(f, "sign.2", "tplink\tserver\tBoa/1");
	nw_feed_fact(f, "brand.1", "axis\tOEM One");
	assert_true(nw_maker_find(f->state, "tplink")->is_mixed);
	assert_string_equal(nw_maker_find(f->state, "axis")->name, "Axis Communications");
	assert_null(nw_maker_find(f->state, ""));
	assert_null(nw_maker_find(f->state, NULL));
	assert_int_equal(nw_makers_by_sign(f->state, NW_SIGN_SERVER, "boa/1.2"), 3);
	assert_int_equal(nw_makers_by_sign(f->state, NW_SIGN_SERVER, "boa/2"), 2);
	assert_int_equal(nw_makers_by_sign(f->state, NW_SIGN_REALM, "boa/2"), 0);
	assert_int_equal(nw_makers_by_sign(f->state, NW_SIGN_SERVER, "x boa/2"), 0);
	assert_null(nw_maker_only(f->state, 3));
	assert_null(nw_maker_only(f->state, 0));
	assert_string_equal(nw_maker_only(f->state, 2)->id, "axis");
	assert_int_equal(nw_makers_by_brand(f->state, "oem one x"), 2);
	assert_int_equal(nw_makers_by_brand(f->state, "oem ones"), 0);
	assert_int_equal(nw_makers_by_brand(f->state, "AXIS P3245"), 2); /* its own name */
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 0);
	nw_feed_free(f);
}

static void what_is_not_well_formed_is_counted(void **state)
{
	static const char *const bad[][2] = {
		{ "maker.1", "" },
		{ "maker.1", "axis" },
		{ "maker.1", "axis\tcameras\t" },
		{ "maker.1", "a-word-that-is-longer-than-any\tcameras\tx" },
		{ "maker.1", "axis\tcameras\tAxis\tmore" },
		{ "restriction.1", "axis\tUS\t2020" },
		{ "restriction.1", "axis\tUS\t2020-01-01-01-01\tx" },
		{ "brand.1", "nobody\tx" },
		{ "sign.1", "nobody\tserver\tx" },
		{ "sign.1", "known\tnowhere\tx" },
	};
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	char many[32];

	(void)state;
	nw_feed_fact(f, "maker.0", "known\tcameras\tKnown");
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, bad[i][0], bad[i][1]);
		assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), i + 1);
	}
	for (unsigned i = 0; i < 2 * NW_MAKERS_MAX; i++) {
		snprintf(many, sizeof(many), "m%u\tcameras\tM", i);
		nw_feed_fact(f, "maker.9", many);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST),
			 NW_ARRAY_SIZE(bad) + NW_MAKERS_MAX + 1);
	nw_feed_free(f);
}

NW_TESTS(state_maker, cmocka_unit_test(rows), cmocka_unit_test(what_is_not_well_formed_is_counted));
