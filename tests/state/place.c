/* SPDX-License-Identifier: Apache-2.0 */
/* Where addresses are, as facts tell it; and who is asked for, before the first measure is folded in. */
#include "state/flow_feed.h"
#include "state/internal.h"
#include "util/parse.h"
#include "util/text.h"

static const struct nw_place *place_of(const struct nw_feed *f, const char *addr)
{
	uint8_t bytes[16];

	assert_int_equal(nw_parse_address(addr, bytes), 0);
	return nw_place_find(f->state, bytes);
}

static void assert_place(const struct nw_feed *f, const char *addr, const char *country,
			 uint32_t asn, const char *organisation)
{
	const struct nw_place *p = place_of(f, addr);

	assert_non_null(p);
	assert_string_equal(p->country, country);
	assert_int_equal(p->asn, asn);
	assert_string_equal(p->organisation, organisation);
}

static void a_place_is_what_was_last_said(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "place.203.0.113.70", "DE 132203 Shenzhen Tencent Computer Systems");
	nw_feed_fact(f, "place.2001:db8::1", "NL 0");
	nw_feed_fact(f, "place.192.0.2.1", "- 64496 a");
	nw_feed_fact(f, "place.192.0.2.2", "- 0");
	assert_place(f, "203.0.113.70", "DE", 132203, "Shenzhen Tencent Computer Systems");
	assert_place(f, "2001:db8::1", "NL", 0, "");
	assert_place(f, "192.0.2.1", "", 64496, "a");
	assert_place(f, "192.0.2.2", "", 0, "");
	assert_null(place_of(f, "192.0.2.3"));
	nw_feed_fact(f, "place.192.0.2.1", "FR 1");
	assert_place(f, "192.0.2.1", "FR", 1, "");
	assert_null(nw_fact_find(f->state, "place.192.0.2.1")); /* not kept twice */
	nw_feed_free(f);
}

/* A recording is untrusted. */
static void what_is_not_well_formed_says_nothing(void **state)
{
	static const char *const bad[][2] = {
		{ "place.192.0.2", "DE 1 a" },	 { "place.", "DE 1 a" },
		{ "place.192.0.2.1x", "DE 1" },	 { "place.192.0.2.1", "" },
		{ "place.192.0.2.1", "DE" },	 { "place.192.0.2.1", "DE " },
		{ "place.192.0.2.1", "de 1 a" }, { "place.192.0.2.1", "DEU 1 a" },
		{ "place.192.0.2.1", "DE x" },	 { "place.192.0.2.1", "DE 4294967296 a" },
		{ "place.192.0.2.1", "DE 1a" },	 { "place.192.0.2.1", "- -1 a" },
	};
	char text[200] = "DE 1 ";
	struct nw_feed *f = start();

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, bad[i][0], bad[i][1]);
		assert_null(place_of(f, "192.0.2.1"));
	}
	memset(text + 5, 'a', 128); /* and NUL would be one too many */
	nw_feed_fact(f, "place.192.0.2.1", text);
	assert_null(place_of(f, "192.0.2.1"));
	text[5 + 127] = '\0';
	nw_feed_fact(f, "place.192.0.2.1", text);
	assert_non_null(place_of(f, "192.0.2.1"));
	nw_feed_free(f);
}

static void a_full_table_forgets_the_oldest(void **state)
{
	struct nw_feed *f = start();
	char key[64];

	(void)state;
	for (unsigned i = 0; i < 9000; i++) {
		snprintf(key, sizeof(key), "place.198.51.%u.%u", i / 256, i % 256);
		nw_feed_fact(f, key, "DE 1");
	}
	assert_null(place_of(f, "198.51.0.0"));
	assert_non_null(place_of(f, "198.51.35.39"));
	nw_feed_free(f);
}

/* ---- asking --------------------------------------------------------------------------------- */

struct asked {
	struct nw_feed *feed;
	unsigned count;
	uint8_t addr[16];
};

static void answer(void *ctx, const uint8_t addr[16], uint64_t ts_ns)
{
	struct asked *a = ctx;
	char key[64] = "place.";

	assert_int_equal(flows_told(a->feed), 0); /* before the first record */
	assert_int_equal(ts_ns, a->feed->now_ns);
	a->count++;
	memcpy(a->addr, addr, sizeof(a->addr));
	nw_addr_text(key + 6, addr);
	nw_feed_fact(a->feed, key, "DE 132203 Tencent");
}

/* As the kernel tells it. */
static void tell_raw(struct nw_feed *f, const struct nw_ev_sock *e)
{
	nw_pipeline_raw(f->pipeline, e, sizeof(*e));
}

static void an_outside_address_is_asked_for_once(void **state)
{
	struct nw_feed *f = start();
	struct asked a = { .feed = f };
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 100, 0);

	(void)state;
	nw_pipeline_set_ask(f->pipeline, answer, &a);
	assert_int_equal(nw_parse_address("10.1.2.3", e.raddr), 0);
	tell_raw(f, &e); /* inside */
	assert_int_equal(a.count, 0);
	nw_feed_forget(f);
	e.cookie = COOKIE + 1;
	assert_int_equal(nw_parse_address("203.0.113.70", e.raddr), 0);
	tell_raw(f, &e);
	assert_int_equal(a.count, 1);
	assert_memory_equal(a.addr, e.raddr, 16);
	assert_place(f, "203.0.113.70", "DE", 132203, "Tencent");
	nw_feed_bytes(&e, 200, 0);
	tell_raw(f, &e);
	assert_int_equal(a.count, 1);
	memset(e.raddr, 0, sizeof(e.raddr)); /* nobody */
	e.cookie = COOKIE + 2;
	tell_raw(f, &e);
	assert_int_equal(a.count, 1);
	nw_feed_forget(f);
	e = tcp(f, NW_SOCK_BIN, 100, 0);
	e.cookie = COOKIE + 3;
	e.flags |= NW_SOCK_FORWARDED;
	assert_int_equal(nw_parse_address("192.0.2.9", e.laddr), 0);
	assert_int_equal(nw_parse_address("10.1.2.3", e.raddr), 0);
	tell_raw(f, &e);
	assert_int_equal(a.count, 2); /* of what is forwarded, either end */
	assert_place(f, "192.0.2.9", "DE", 132203, "Tencent");
	e.cookie = COOKIE + 4;
	assert_int_equal(nw_parse_address("192.0.2.10", e.laddr), 0);
	nw_pipeline_event(f->pipeline,
			  &e.ev); /* out of a recording: it has the answer, or nobody has */
	assert_int_equal(a.count, 2);
	nw_feed_free(f);
}

NW_TESTS(state_place, cmocka_unit_test(a_place_is_what_was_last_said),
	 cmocka_unit_test(what_is_not_well_formed_says_nothing),
	 cmocka_unit_test(a_full_table_forgets_the_oldest),
	 cmocka_unit_test(an_outside_address_is_asked_for_once));
