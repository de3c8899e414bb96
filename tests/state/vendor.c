/* SPDX-License-Identifier: Apache-2.0 */
/* Whose service a peer is, by the surest of what is known of it. */
#include "state/flow_feed.h"
#include "state/internal.h"

static void assert_flow(const struct nw_feed *f, const struct nw_flow *flow, const char *name,
			const char *service, enum nw_vendor_basis want)
{
	enum nw_vendor_basis basis;
	const struct nw_vendor *v = nw_vendor_of_flow(f->state, flow, &basis);

	assert_non_null(v);
	assert_string_equal(v->name, name);
	assert_string_equal(v->service, service);
	assert_int_equal(basis, want);
}

static void name_before_server_name_before_address(void **state)
{
	struct nw_feed *f = start();
	struct nw_said said = { 0 };
	struct nw_flow flow = { .family = 4 };
	enum nw_vendor_basis basis;

	(void)state;
	nw_feed_addr(flow.raddr, "203.0.113.7");
	assert_null(nw_vendor_of_flow(f->state, &flow, &basis));
	nw_feed_fact(f, "vendor.1", "easy4ipcloud.com dahua p2p");
	nw_feed_fact(f, "vendor.2", "ys7.com ezviz cloud");
	nw_feed_fact(f, "vendor.3", "vmsproxy.com network-optix cloud");
	nw_feed_fact(f, "vendor.4", "203.0.113.0/24 axis relay");
	assert_flow(f, &flow, "axis", "relay", NW_VENDOR_BY_ADDRESS);
	assert_int_equal(nw_said_add(&said, NW_ATTR_URL_DOMAIN, "x.vmsproxy.com", 14), 0);
	flow.said = &said;
	assert_flow(f, &flow, "network-optix", "cloud", NW_VENDOR_BY_SERVER_NAME);
	assert_int_equal(nw_said_add(&said, NW_ATTR_TLS_SERVER_NAME, "dev.ys7.com", 11), 0);
	assert_flow(f, &flow, "ezviz", "cloud", NW_VENDOR_BY_SERVER_NAME);
	strcpy(flow.name, "www.easy4ipcloud.com");
	assert_flow(f, &flow, "dahua", "p2p", NW_VENDOR_BY_NAME);
	strcpy(flow.name, "ec2.example.org"); /* nobody's name says nothing against the others */
	assert_flow(f, &flow, "ezviz", "cloud", NW_VENDOR_BY_SERVER_NAME);
	assert_non_null(nw_vendor_of_name(f->state, "YS7.com"));
	assert_null(nw_vendor_of_name(f->state, "example.org"));
	assert_null(nw_fact_find(f->state, "vendor.1")); /* not kept twice */
	nw_feed_free(f);
}

/* A recording is untrusted. */
static void what_is_not_well_formed_says_nothing(void **state)
{
	static const char *const bad[] = { "",
					   "ys7.com",
					   "ys7.com ezviz",
					   "ys7.com ezviz cloud x",
					   "ys7.com  cloud",
					   "YS7.com ezviz cloud",
					   "ys7.com EZVIZ cloud" };
	struct nw_feed *f = start();
	char text[400];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, "vendor.1", bad[i]);
		assert_null(nw_vendor_of_name(f->state, "ys7.com"));
	}
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	nw_feed_fact(f, "vendor.1", text);
	nw_feed_free(f);
}

static void rows_that_find_no_room_are_counted(void **state)
{
	struct nw_feed *f = start();
	char key[32], value[64];

	(void)state;
	for (unsigned i = 0; i < NW_VENDORS_MAX + 5; i++) {
		snprintf(key, sizeof(key), "vendor.%u", i);
		snprintf(value, sizeof(value), "n%u.example x y", i);
		nw_feed_fact(f, key, value);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 5);
	nw_feed_free(f);
}

NW_TESTS(state_vendor, cmocka_unit_test(name_before_server_name_before_address),
	 cmocka_unit_test(what_is_not_well_formed_says_nothing),
	 cmocka_unit_test(rows_that_find_no_room_are_counted));
