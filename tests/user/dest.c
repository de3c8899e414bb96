/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a name is, and groups that hold still. What is declared: tests/indicators/beacon.c. */
#include "dest.h"

#include "feed.h"

static void whose_a_name_is(void **state)
{
	static const char *const row[][2] = {
		{ "a.b.example.org", "example.org" },
		{ "example.org", "example.org" },
		{ "org", "org" },
		{ "", "" },
		{ ".", "." },
		{ "..", ".." },
		{ "x.y.example.co.uk", "example.co.uk" },
		{ "example.co.uk", "example.co.uk" },
		{ "co.uk", "co.uk" },
		{ "a.example.COM.au", "example.COM.au" },
		{ "data.t1.de", "t1.de" }, /* a short name is somebody's */
		{ "aaaa.bbbb.t.co", "t.co" },
		{ "x.example.org.", "example.org." },
		{ "x.a\\.b.org", "a\\.b.org" }, /* a dot inside a label */
		{ "x.a\\\\.b.org", "b.org" },	/* and a backslash at its end */
		{ "co.example.org", "example.org" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		assert_string_equal(nw_domain_base(row[i][0]), row[i][1]);
	}
}

static void who_is_called_a_resolver(void **state)
{
	static const struct {
		const char *name;
		bool is_called;
	} row[] = {
		{ "dns.example.org", true },
		{ "doh2.example.org", true },
		{ "www.DNS9.example", true },
		{ "dns", true },
		{ "dnsserver.example", false },
		{ "www.example.org", false },
		{ "x\\.dns.example", false },
		{ "dns\\.x.example", false },
		{ "x\\\\.dns.example", true }, /* a label that ends in a backslash */
		{ "x\\.", false },
		{ "", false },
	};

	(void)state;
	assert_false(nw_dest_is_called_resolver(NULL));
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		assert_int_equal(nw_dest_is_called_resolver(row[i].name), row[i].is_called);
	}
}

static void groups(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	struct nw_flow flow = { .family = 4 };
	char text[NW_DEST_MAX];

	(void)state;
	nw_feed_addr(flow.raddr, "203.0.113.7");
	nw_dest_group(f->state, &flow, text);
	assert_string_equal(text, "203.0.113.0/24");
	nw_dest_exact(&flow, text);
	assert_string_equal(text, "203.0.113.7");
	nw_feed_fact(f, "place.203.0.113.7", "NL 64500 Example Network");
	nw_dest_group(f->state, &flow, text);
	assert_string_equal(text, "AS64500");
	memset(flow.name, 'n', sizeof(flow.name) - 1); /* the longest there is */
	memcpy(flow.name + 245, ".org", 5);
	nw_dest_group(f->state, &flow, text);
	assert_int_equal(strlen(text), NW_DEST_MAX - 1);
	assert_string_equal(text + NW_DEST_MAX - 5, ".org");
	memcpy(flow.name, "a.example.org", 14);
	nw_dest_group(f->state, &flow, text);
	assert_string_equal(text, "example.org");
	nw_dest_exact(&flow, text);
	assert_string_equal(text, "a.example.org");
	flow.name[0] = '\0';
	memset(flow.raddr, 0, 16);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8:1:2:3:4:5:6", flow.raddr), 1);
	nw_dest_group(f->state, &flow, text);
	assert_string_equal(text, "2001:db8:1::/48");
	nw_feed_free(f);
}

NW_TESTS(user_dest, cmocka_unit_test(whose_a_name_is), cmocka_unit_test(who_is_called_a_resolver),
	 cmocka_unit_test(groups));
