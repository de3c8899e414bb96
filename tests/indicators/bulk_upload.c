/* SPDX-License-Identifier: Apache-2.0 */
/* bulk-upload: an hour far above a program's own hours; backups, updates, conferences, steady relays. */
#include "indicators/net_feed.h"

#define SEC NW_FEED_SEC
#define MB  1000000ULL

struct load {
	const char *what;
	const char *yaml;
	const char *to;
	unsigned calm_hours; /* before it; with calm_mb in each, to another network */
	unsigned calm_mb;
	unsigned up_mb, down_mb, minutes;
	unsigned at_least, at_most;
	uint32_t flags;
};

static const struct load rows[] = {
	{ "an export after a day of nothing", "", NULL, 24, 0, 500, 1, 30, 60, 70, 0 },
	{ "five gigabytes after a day of little", "", NULL, 24, 1, 5000, 5, 50, 75, 90, 0 },
	{ "through a connection from outside", "", NULL, 24, 0, 500, 1, 30, 60, 70,
	  NW_SOCK_ACCEPTED },
	{ "no baseline yet", "", NULL, 0, 0, 500, 1, 30, 40, 49, 0 },
	{ "no baseline, and a lot", "", NULL, 3, 0, 50000, 1, 50, 40, 49, 0 },
	{ "no baseline, but what may be sent is declared",
	  "allowed:\n  - { to: 192.0.2.1, why: backup }\n", NULL, 0, 0, 500, 1, 30, 60, 70, 0 },
	{ "declared backup", "allowed:\n  - { to: 203.0.113.7, why: backup }\n", NULL, 24, 0, 5000,
	  5, 50, 0, 0, 0 },
	{ "inside", "", "10.0.0.9", 24, 0, 5000, 5, 50, 0, 0, 0 },
	{ "software updates", "", NULL, 24, 0, 60, 2000, 30, 0, 0, 0 },
	{ "a conference", "", NULL, 24, 0, 900, 800, 50, 0, 0, 0 },
	{ "it sends as much each hour", "", NULL, 24, 400, 450, 1, 55, 0, 0, 0 },
	{ "a little", "", NULL, 24, 0, 30, 1, 30, 0, 0, 0 },
};

static void upload(struct nf *n, const char *to, uint64_t cookie, unsigned up_mb, unsigned down_mb,
		   unsigned minutes, uint32_t flags)
{
	struct nf_contact c = {
		.to = to, .cookie = cookie, .flags = flags, .birth_ns = n->feed->now_ns
	};

	for (unsigned i = 1; i <= minutes; i++) {
		c.tx = up_mb * MB * i / minutes;
		c.rx = down_mb * MB * i / minutes;
		nf_bin(n, c);
		nf_tick(n, 60 * SEC);
	}
}

static void play(struct nf *n, const struct load *l)
{
	for (unsigned h = 0; h < l->calm_hours; h++) {
		nf_contact(n, (struct nf_contact){ .to = "198.51.100.4", .tx = 1, .rx = 10 });
		if (l->calm_mb) {
			upload(n, "198.51.100.4", 5000 + h, l->calm_mb, 0, 50, 0);
			nf_tick(n, 10 * 60 * SEC);
		} else {
			nf_tick(n, NF_HOUR);
		}
	}
	n->best = 0; /* of what was said while there was no baseline */
	upload(n, l->to, 7, l->up_mb, l->down_mb, l->minutes, l->flags);
}

static void uploads_and_what_looks_like_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n = nf_new("bulk-upload", rows[i].yaml);

		play(n, &rows[i]);
		print_message("%-40s score %u\n", rows[i].what, n->best);
		if (n->best < rows[i].at_least || n->best > rows[i].at_most) {
			fail_msg("%s: score %u", rows[i].what, n->best);
		}
		nf_free(n);
	}
}

static void it_says_by_how_much_and_ends(void **state)
{
	struct nf *n = nf_new("bulk-upload", "");
	const struct nw_finding *f;

	(void)state;
	nf_place(n, "203.0.113.7", "NL 64500 Example Network");
	play(n, &rows[0]);
	f = &n->finding[n->n - 1];
	assert_string_equal(n->key[0], "AS64500 /opt/p100/bin/agent");
	assert_in_range(nf_evidence(f, "up_bytes_hour"), 450 * MB, 501 * MB);
	assert_int_equal(nf_evidence(f, "baseline_median_bytes"), 0);
	assert_true(nf_evidence(f, "baseline_hours") >= 22);
	for (unsigned i = 0; i < 40; i++) {
		nf_tick(n, 300 * SEC);
	}
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_CLOSED);
	nf_free(n);
}

/* Addresses of one network take turns. */
static void spread_over_a_network(void **state)
{
	struct nf *n = nf_new("bulk-upload", "");

	(void)state;
	for (unsigned h = 0; h < 24; h++) {
		nf_contact(n, (struct nf_contact){ .to = "198.51.100.4", .tx = 1, .rx = 10 });
		nf_tick(n, NF_HOUR);
	}
	for (unsigned i = 0; i < 100; i++) {
		char to[32];

		snprintf(to, sizeof(to), "203.0.113.%u", i + 1);
		nf_contact(n, (struct nf_contact){ .to = to, .tx = 4 * MB, .rx = 1000 });
		nf_tick(n, 10 * SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	nf_free(n);
}

static void hostile_figures(void **state)
{
	struct nf *n = nf_new("bulk-upload", "");

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		char to[32];

		snprintf(to, sizeof(to), "198.%u.%u.1", 18 + i / 250, i % 250);
		nf_contact(n, (struct nf_contact){
				      .to = to, .tx = UINT64_MAX, .rx = i % 2 ? UINT64_MAX : 0 });
	}
	nf_free(n);
}

NW_TESTS(indicators_bulk_upload, cmocka_unit_test(uploads_and_what_looks_like_them),
	 cmocka_unit_test(it_says_by_how_much_and_ends), cmocka_unit_test(spread_over_a_network),
	 cmocka_unit_test(hostile_figures));
