/* SPDX-License-Identifier: Apache-2.0 */
/*
 * first-contact: learning is silent but for its end; then new networks, operators and countries, each
 * once; rotating addresses, busy programs and what is declared or inside are no news.
 */
#include "indicators/net_feed.h"

#define SEC NW_FEED_SEC

static const char recorder[] = "recorders:\n  - { name: vms, exe: [ /opt/p100/ ] }\n";

static void contact(struct nf *n, const char *name, const char *to)
{
	if (name) {
		nf_ask(n, name, (struct nf_dns){ .address = to });
	}
	nf_contact(n, (struct nf_contact){ .to = to, .tx = 500, .rx = 900 });
	nf_tick(n, 10 * SEC);
}

/* An hour in which it goes to two networks in two countries, and its end. */
static struct nf *learnt(const char *yaml)
{
	struct nf *n = nf_new("first-contact", yaml);

	nf_place(n, "198.51.100.4", "NL 64500 Example One");
	nf_place(n, "198.51.101.4", "DE 64501 Example Two");
	for (unsigned i = 0; i < 4; i++) {
		contact(n, NULL, "198.51.100.4");
		contact(n, NULL, "198.51.101.4");
		nf_tick(n, 1000 * SEC);
	}
	contact(n, NULL, "198.51.100.4");
	return n;
}

static void learning_ends_with_a_word(void **state)
{
	struct nf *n = learnt("");

	(void)state;
	assert_int_equal(n->all, 1);
	assert_true(n->finding[0].score < 10);
	assert_string_equal(n->key[0], "learnt /opt/p100/bin/agent");
	assert_int_equal(nf_evidence(&n->finding[0], "networks_known"), 2);
	assert_int_equal(nf_evidence(&n->finding[0], "countries_known"), 2);
	contact(n, NULL, "198.51.101.4"); /* known */
	assert_int_equal(n->all, 1);
	nf_free(n);
}

/* Where programs go is declared, so the first hour is no excuse. */
static void with_a_policy_nothing_is_learnt(void **state)
{
	struct nf *n = nf_new("first-contact", "allowed:\n  - { to: 203.0.113.7, why: licence }\n");

	(void)state;
	contact(n, NULL, "203.0.113.7");
	assert_int_equal(n->all, 0);
	contact(n, NULL, "198.51.100.4");
	assert_int_equal(n->all, 1);
	assert_int_equal(n->finding[0].score, 20);
	nf_tick(n, 2 * NF_HOUR);
	contact(n, NULL, "198.51.100.4");
	assert_int_equal(n->all, 1);
	nf_free(n);
}

struct visit {
	const char *what, *yaml, *place, *name;
	unsigned score; /* 0 = silent */
	const char *to;
};

static const struct visit rows[] = {
	{ "another network, nobody knows whose", "", NULL, NULL, 20, NULL },
	{ "another operator", "", "NL 64502 Example Three", NULL, 30, NULL },
	{ "another country", "", "CN 64502 Example Three", NULL, 45, NULL },
	{ "a recorder, another country", recorder, "CN 64502 Example Three", NULL, 60, NULL },
	{ "a recorder, another operator", recorder, "NL 64502 Example Three", NULL, 30, NULL },
	{ "a known operator's other network", "", "NL 64500 Example One", NULL, 0, NULL },
	{ "by a name", "", "NL 64500 Example One", "www.example.org", 20, NULL },
	{ "declared", "allowed:\n  - { to: 203.0.113.7, why: licence }\n", "CN 64502 Example Three",
	  NULL, 0, NULL },
	{ "inside", "", NULL, NULL, 0, "10.0.0.9" },
};

static void each_kind_of_news(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n = learnt(rows[i].yaml);
		const char *to = rows[i].to ? rows[i].to : "203.0.113.7";

		n->all = n->n = n->best = 0;
		if (rows[i].place) {
			nf_place(n, to, rows[i].place);
		}
		contact(n, rows[i].name, to);
		contact(n, rows[i].name, to);
		contact(n, rows[i].name, to);
		if (n->best != rows[i].score || n->all != (rows[i].score > 0)) {
			fail_msg("%s: score %u, %u findings", rows[i].what, n->best, n->all);
		}
		nf_free(n);
	}
}

/* A pool of clocks, a CDN: one name, addresses of many operators and countries. */
static void addresses_that_rotate_are_no_news(void **state)
{
	static const char *const country[] = { "NL", "DE", "FR", "US", "CN", "SG", "BR" };
	struct nf *n = nf_new("first-contact", "");

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		char name[64], to[32], place[64];

		snprintf(name, sizeof(name), "%u.pool.example.org", i % 4);
		snprintf(to, sizeof(to), "203.0.%u.7", 100 + i);
		snprintf(place, sizeof(place), "%s %u Example", country[i * 7 / 60], 64500 + i);
		nf_place(n, to, place);
		contact(n, name, to);
		nf_tick(n, 300 * SEC);
	}
	assert_int_equal(n->all, 1); /* that it learnt */
	nf_free(n);
}

static void a_busy_program_is_soon_silent(void **state)
{
	struct nf *n = learnt("");

	(void)state;
	n->all = 0;
	for (unsigned i = 0; i < 300; i++) { /* a browser's day */
		char name[64], to[32];

		snprintf(name, sizeof(name), "www.example%u.org", i);
		snprintf(to, sizeof(to), "203.%u.%u.7", i / 250, i % 250);
		contact(n, name, to);
		nf_tick(n, 60 * SEC);
	}
	assert_in_range(n->all, 1, 8);
	nf_free(n);
}

static void it_closes_when_it_is_known(void **state)
{
	struct nf *n = learnt("");

	(void)state;
	contact(n, NULL, "203.0.113.7");
	for (unsigned i = 0; i < 26; i++) {
		nf_tick(n, NF_HOUR);
	}
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_CLOSED);
	n->all = 0;
	contact(n, NULL, "203.0.113.7"); /* a day later: no news */
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* A resolver goes where the questions of others lead it: that is no news of its own. */
static void a_resolver_of_this_host(void **state)
{
	static const struct {
		const char *to;
		bool is_passed_on;
		unsigned news;
	} ways[] = { { "203.0.113.53", true, 0 }, { "198.18.0.53", false, 1 } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(ways); i++) {
		struct nf *n = learnt("");
		unsigned before = n->all;

		if (ways[i].is_passed_on) {
			nf_ask(n, "www.example",
			       (struct nf_dns){ .pid = 101,
						.server = "127.0.0.53",
						.server_pid = 100,
						.is_unanswered = true });
		}
		nf_ask(n, "www.example", (struct nf_dns){ .server = ways[i].to });
		nf_datagrams(n, (struct nf_contact){ .to = ways[i].to,
						     .port = 53,
						     .cookie = 900100, /* nf_ask()'s socket */
						     .tx = 40,
						     .rx = 90 });
		assert_int_equal(n->all - before, ways[i].news);
		nf_free(n);
	}
}

/* More places than the baseline holds: it forgets the oldest, and goes on. */
static void hostile_numbers_of_destinations(void **state)
{
	struct nf *n = learnt("");

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		char to[32];

		snprintf(to, sizeof(to), "%u.%u.%u.7", 20 + i / 62500, i / 250 % 250, i % 250);
		nf_contact(n, (struct nf_contact){ .to = to, .tx = 1 });
	}
	nf_free(n);
}

NW_TESTS(indicators_first_contact, cmocka_unit_test(learning_ends_with_a_word),
	 cmocka_unit_test(with_a_policy_nothing_is_learnt), cmocka_unit_test(each_kind_of_news),
	 cmocka_unit_test(addresses_that_rotate_are_no_news),
	 cmocka_unit_test(a_busy_program_is_soon_silent),
	 cmocka_unit_test(it_closes_when_it_is_known), cmocka_unit_test(a_resolver_of_this_host),
	 cmocka_unit_test(hostile_numbers_of_destinations));
