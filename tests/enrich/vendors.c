/* SPDX-License-Identifier: Apache-2.0 */
/* Names by their end, addresses by the longest prefix, and nothing by half a label. */
#include "enrich/vendors.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "util/parse.h"

static struct nw_vendors *made(void)
{
	struct nw_vendors *v = NULL;

	assert_int_equal(nw_vendors_new(&v), 0);
	assert_int_equal(nw_vendors_put(v, "hik-connect.com", "hikvision", "cloud"), 0);
	assert_int_equal(nw_vendors_put(v, "stun.hik-connect.com", "hikvision", "stun"), 0);
	assert_int_equal(nw_vendors_put(v, "connect.axis.com", "axis", "relay"), 0);
	assert_int_equal(nw_vendors_put(v, "203.0.113.0/24", "dahua", "p2p"), 0);
	assert_int_equal(nw_vendors_put(v, "203.0.113.7/32", "dahua", "update"), 0);
	assert_int_equal(nw_vendors_put(v, "203.0.0.0/16", "dahua", "cloud"), 0);
	assert_int_equal(nw_vendors_put(v, "2001:db8::/32", "axis", "cloud"), 0);
	return v;
}

static void assert_vendor(const struct nw_vendor *got, const char *name, const char *service)
{
	if (!name) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got->name, name);
	assert_string_equal(got->service, service);
}

static void a_name_is_known_by_its_end(void **state)
{
	static const struct {
		const char *name, *vendor, *service;
	} c[] = {
		{ "hik-connect.com", "hikvision", "cloud" },
		{ "api.Hik-Connect.COM", "hikvision", "cloud" },
		{ "a.b.c.hik-connect.com.", "hikvision", "cloud" },
		{ "stun.hik-connect.com", "hikvision", "stun" },
		{ "eu.stun.hik-connect.com", "hikvision", "stun" },
		{ "connect.axis.com", "axis", "relay" },
		{ "axis.com", NULL, NULL },
		{ "www.axis.com", NULL, NULL },
		{ "not-hik-connect.com", NULL, NULL },
		{ "hik-connect.com.example.org", NULL, NULL },
		{ "x\\.hik-connect.com", NULL, NULL }, /* a dot inside a label */
		{ "x\\\\.hik-connect.com", "hikvision", "cloud" },
		{ "hik-connect.co", NULL, NULL },
		{ "com", NULL, NULL },
		{ "", NULL, NULL },
		{ ".", NULL, NULL },
		{ "..", NULL, NULL },
	};
	struct nw_vendors *v = made();
	char longest[2000];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(c); i++) {
		assert_vendor(nw_vendors_by_name(v, c[i].name), c[i].vendor, c[i].service);
	}
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_null(nw_vendors_by_name(v, longest));
	for (size_t i = 1; i < sizeof(longest) - 1; i += 2) {
		longest[i] = '.'; /* more labels than any name has */
	}
	assert_null(nw_vendors_by_name(v, longest));
	strcpy(longest + 199, ".hik-connect.com");
	assert_vendor(nw_vendors_by_name(v, longest), "hikvision", "cloud");
	memset(longest, 'a', 199);
	assert_vendor(nw_vendors_by_name(v, longest), "hikvision", "cloud");
	nw_vendors_free(v);
}

static const struct nw_vendor *at(const struct nw_vendors *v, const char *addr)
{
	uint8_t bytes[16];

	assert_int_equal(nw_parse_address(addr, bytes), 0);
	return nw_vendors_by_addr(v, bytes);
}

static void an_address_is_known_by_the_longest_prefix(void **state)
{
	struct nw_vendors *v = made();

	(void)state;
	assert_vendor(at(v, "203.0.113.6"), "dahua", "p2p");
	assert_vendor(at(v, "203.0.113.7"), "dahua", "update");
	assert_vendor(at(v, "64:ff9b::203.0.113.7"), "dahua", "update");
	assert_vendor(at(v, "2001:db8::1"), "axis", "cloud");
	assert_vendor(at(v, "203.0.112.7"), "dahua", "cloud");
	assert_vendor(at(v, "203.1.113.7"), NULL, NULL);
	assert_vendor(at(v, "::"), NULL, NULL);
	nw_vendors_free(v);
}

/* The site's own rows come last. */
static void a_later_row_takes_the_place_of_an_equal_one(void **state)
{
	struct nw_vendors *v = made();

	(void)state;
	assert_int_equal(nw_vendors_put(v, "hik-connect.com", "site", "known"), 0);
	assert_int_equal(nw_vendors_put(v, "203.0.113.0/24", "site", "known"), 0);
	assert_vendor(nw_vendors_by_name(v, "x.hik-connect.com"), "site", "known");
	assert_vendor(at(v, "203.0.113.6"), "site", "known");
	nw_vendors_free(v);
}

static void what_is_not_well_formed_is_refused(void **state)
{
	static const char *const bad[] = { "",		"com",	   ".a.com", "a..com",
					   "A.com",	"a b.com", "a.com.", "203.0.113.0/33",
					   "203.0.113", "a.b/24" };
	struct nw_vendors *v = made();

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		assert_int_equal(nw_vendors_put(v, bad[i], "x", "y"), -EINVAL);
	}
	assert_int_equal(nw_vendors_put(v, "a.com", "", "y"), -EINVAL);
	assert_int_equal(nw_vendors_put(v, "a.com", "x y", "y"), -EINVAL);
	assert_int_equal(nw_vendors_put(v, "a.com", "x", "abcdefghijklmnopqrstuvwxyz"), -EINVAL);
	nw_vendors_free(v);
}

static void a_full_table_says_so(void **state)
{
	struct nw_vendors *v = NULL;
	char text[64];
	int r = 0;

	(void)state;
	assert_int_equal(nw_vendors_new(&v), 0);
	for (unsigned i = 0; r == 0 && i < 100000; i++) {
		snprintf(text, sizeof(text), "n%u.example", i);
		r = nw_vendors_put(v, text, "x", "y");
	}
	assert_int_equal(r, -ENOSPC);
	r = 0;
	for (unsigned i = 0; r == 0 && i < 100000; i++) {
		snprintf(text, sizeof(text), "10.%u.%u.0/24", i / 256, i % 256);
		r = nw_vendors_put(v, text, "x", "y");
	}
	assert_int_equal(r, -ENOSPC);
	nw_vendors_free(v);
}

NW_TESTS(enrich_vendors, cmocka_unit_test(a_name_is_known_by_its_end),
	 cmocka_unit_test(an_address_is_known_by_the_longest_prefix),
	 cmocka_unit_test(a_later_row_takes_the_place_of_an_equal_one),
	 cmocka_unit_test(what_is_not_well_formed_is_refused),
	 cmocka_unit_test(a_full_table_says_so));
