/* SPDX-License-Identifier: Apache-2.0 */
/* slow-drip: small uploads that add up over hours, against what is small, sudden, two-way or declared. */
#include "indicators/net_feed.h"

#define SEC NW_FEED_SEC
#define KB  1000ULL

struct drip {
	const char *what;
	const char *yaml;
	const char *to;
	unsigned hours;
	unsigned up_kb, down_kb; /* in each */
	unsigned every;		 /* hours between those with traffic, 0 = 1 */
	unsigned at_least, at_most;
};

static const struct drip rows[] = {
	{ "1 MB an hour for two days", "", NULL, 48, 1000, 10, 1, 50, 65 },
	{ "100 MB an hour for ten hours", "", NULL, 10, 100000, 1000, 1, 65, 80 },
	{ "every other hour", "", NULL, 60, 2000, 10, 2, 50, 65 },
	{ "5 MB in five hours", "", NULL, 6, 1000, 10, 1, 40, 49 },
	{ "two hours are no drip", "", NULL, 2, 100000, 10, 1, 0, 0 },
	{ "telemetry of 50 kB an hour", "", NULL, 71, 50, 10, 1, 0, 0 },
	{ "once a day", "", NULL, 72, 8000, 10, 24, 0, 0 },
	{ "as much comes back", "", NULL, 48, 1000, 900, 1, 0, 0 },
	{ "downloads", "", NULL, 48, 1000, 50000, 1, 0, 0 },
	{ "logs to a collector inside", "", "10.0.0.9", 48, 5000, 10, 1, 0, 0 },
	{ "logs to a declared collector",
	  "allowed:\n  - { to: 203.0.113.0/24, port: 443, why: logs }\n", NULL, 48, 5000, 10, 1, 0,
	  0 },
	{ "a stream is no drip", "", NULL, 10, 900000, 10, 1, 0, 0 },
};

static void play(struct nf *n, const struct drip *d)
{
	for (unsigned h = 0; h < d->hours; h++) {
		for (unsigned i = 0; i < 12 && h % (d->every ? d->every : 1) == 0; i++) {
			nf_contact(n, (struct nf_contact){ .to = d->to,
							   .tx = d->up_kb * KB / 12,
							   .rx = d->down_kb * KB / 12 });
			nf_tick(n, 200 * SEC);
		}
		nf_tick(n, NF_HOUR - n->feed->now_ns % NF_HOUR);
	}
}

static void drips_and_what_looks_like_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n = nf_new("slow-drip", rows[i].yaml);

		nf_tick(n, NF_HOUR - n->feed->now_ns % NF_HOUR);
		play(n, &rows[i]);
		print_message("%-30s score %u\n", rows[i].what, n->best);
		if (n->best < rows[i].at_least || n->best > rows[i].at_most) {
			fail_msg("%s: score %u", rows[i].what, n->best);
		}
		nf_free(n);
	}
}

/* One large upload amid little ones is not a drip. */
static void one_hour_that_has_it_all(void **state)
{
	struct nf *n = nf_new("slow-drip", "");

	(void)state;
	for (unsigned h = 0; h < 20; h++) {
		nf_contact(n,
			   (struct nf_contact){ .tx = h == 10 ? 60000 * KB : 100 * KB, .rx = 100 });
		nf_tick(n, NF_HOUR);
	}
	assert_int_equal(n->all, 0);
	nf_free(n);
}

static void it_says_how_much_and_ends(void **state)
{
	struct nf *n = nf_new("slow-drip", "");
	const struct nw_finding *f;

	(void)state;
	play(n, &rows[0]);
	f = &n->finding[n->n - 1];
	assert_string_equal(n->key[0], "203.0.113.0/24 /opt/p100/bin/agent");
	assert_in_range(nf_evidence(f, "up_bytes"), 47000 * KB, 48000 * KB);
	assert_in_range(nf_evidence(f, "hours_active"), 47, 49);
	for (unsigned h = 0; h < 26; h++) {
		nf_tick(n, NF_HOUR);
	}
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_CLOSED);
	nf_free(n);
}

static void hostile_figures(void **state)
{
	struct nf *n = nf_new("slow-drip", "");

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		char to[32];

		snprintf(to, sizeof(to), "198.%u.%u.1", 18 + i / 250, i % 250);
		nf_contact(n, (struct nf_contact){
				      .to = to, .tx = UINT64_MAX, .rx = i % 2 ? UINT64_MAX : 0 });
		nf_tick(n, i % 100 ? SEC : 5 * NF_HOUR);
	}
	nf_free(n);
}

NW_TESTS(indicators_slow_drip, cmocka_unit_test(drips_and_what_looks_like_them),
	 cmocka_unit_test(one_hour_that_has_it_all), cmocka_unit_test(it_says_how_much_and_ends),
	 cmocka_unit_test(hostile_figures));
