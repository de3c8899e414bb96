/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of hours over a restart: told at the same contact, with the same figures, as if there had been
 * none, within a boot and over boots; what nobody saw is no measure; rows that lie are refused.
 */
#include "log.h"
#include "restart_feed.h"

#define MINUTE (60 * SEC)
#define MB     1000000ULL
#define START  (1100 * SEC) /* boot time of the first session */
#define PERIOD (120 * SEC)

/* A life: sessions one after the other, on one wall clock. Times are since its start. */
struct life {
	const char *rule;
	struct nw_box *box;
	struct nf *n;
	unsigned told; /* in sessions before */
	unsigned boots;
	uint64_t at_ns; /* boot time of its start */
};

static void life_session(struct life *l, const char *boot, uint64_t at_ns, uint64_t boot_ns)
{
	struct nf *n =
		nf_new(l->rule, "limits: {flows: 256, processes: 256, names: 256, heads: 64}\n");

	nw_feed_pick(n->feed, l->rule);
	n->feed->now_ns = boot_ns - SEC;
	n->wall_off_ns = (int64_t)at_ns - (int64_t)boot_ns;
	nf_tick(n, SEC);
	nw_feed_fact(n->feed, "boot.id", boot);
	nw_box_give(n->feed, l->box);
	nw_pipeline_set_keeper(n->feed->pipeline,
			       (struct nw_keeper){ .keep = nw_box_keep, .ctx = l->box });
	begin(n);
	l->n = n;
	l->at_ns = boot_ns - at_ns;
}

static struct life life_begin(const char *rule)
{
	struct life l = { .rule = rule, .box = calloc(1, sizeof(*l.box)) };

	assert_non_null(l.box);
	life_session(&l, "boot 0", 0, START);
	return l;
}

static void until(struct life *l, uint64_t at_ns)
{
	uint64_t end = at_ns + l->at_ns;

	assert_true(end >= l->n->feed->now_ns);
	while (l->n->feed->now_ns < end) {
		nf_tick(l->n, NW_MIN(end - l->n->feed->now_ns, 20 * SEC));
	}
}

static uint64_t now_of(const struct life *l)
{
	return l->n->feed->now_ns - l->at_ns;
}

/* Nobody looks for down_ns. Another boot: its clock begins anew, and not at a whole hour of the other. */
static void restart(struct life *l, uint64_t down_ns, bool is_boot)
{
	uint64_t at_ns = now_of(l) + down_ns;
	uint64_t boot_ns = is_boot ? 1717 * SEC : l->n->feed->now_ns + down_ns;
	char boot[16];

	l->boots += is_boot;
	snprintf(boot, sizeof(boot), "boot %u", l->boots);
	l->told += l->n->all;
	nw_feed_fact(l->n->feed, "session", "end");
	nf_free(l->n);
	life_session(l, boot, at_ns, boot_ns);
}

static void kill_it(struct life *l, uint64_t down_ns)
{
	uint64_t at_ns = now_of(l) + down_ns;

	l->told += l->n->all;
	nf_free(l->n);
	life_session(l, "boot 0", at_ns, at_ns + START);
}

static void life_end(struct life *l)
{
	nf_free(l->n);
	free(l->box);
}

static const struct nw_finding *last(const struct life *l)
{
	assert_true(l->n->n > 0);
	return &l->n->finding[l->n->n - 1];
}

static void same_figures(const struct life *a, const struct life *b)
{
	const struct nw_finding *x = last(a), *y = last(b);

	assert_int_equal(x->score, y->score);
	assert_int_equal(x->evidence_len, y->evidence_len);
	for (unsigned i = 0; i < x->evidence_len; i++) {
		if (x->evidence[i].number != y->evidence[i].number) {
			fail_msg("%s: %llu, without a restart %llu", x->evidence[i].key,
				 (unsigned long long)y->evidence[i].number,
				 (unsigned long long)x->evidence[i].number);
		}
	}
	assert_int_equal(x->first_ns - a->at_ns, y->first_ns - b->at_ns);
}

/* ---- beacon ---- */

/* Jitter is the same in each life. */
static uint64_t nth(unsigned i)
{
	uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15ULL;

	return i * PERIOD + mixed % (20 * SEC);
}

static void contact(struct life *l, unsigned i)
{
	until(l, nth(i));
	nf_contact(l->n, (struct nf_contact){ .tx = 700 + i % 7, .rx = 300 });
}

/* At which contact it is told first; a restart behind the contact `after`. */
static unsigned told_at(struct life *l, unsigned after, bool is_boot)
{
	unsigned i = 0;

	while (i < 100 && !l->n->all) {
		contact(l, i);
		if (i++ == after) {
			until(l, nth(i - 1) + MINUTE);
			restart(l, 5 * SEC, is_boot);
		}
	}
	return i;
}

static void beacon_at_the_same_contact(void **state)
{
	struct life whole = life_begin("beacon");
	unsigned expected = told_at(&whole, 1000, false);

	(void)state;
	assert_int_equal(expected, 10);
	for (unsigned after = 1; after < 9; after++) {
		for (unsigned is_boot = 0; is_boot < 2; is_boot++) {
			struct life l = life_begin("beacon");

			assert_int_equal(told_at(&l, after, is_boot), expected);
			assert_int_equal(l.told, 0);
			same_figures(&whole, &l);
			life_end(&l);
		}
	}
	life_end(&whole);
}

/* RITA's score looks at a day: its hours go on where they were, in another boot too. */
static void beacon_of_hours(void **state)
{
	struct life whole = life_begin("beacon");
	struct life parts = life_begin("beacon");

	(void)state;
	for (unsigned i = 8 * 30; i < 16 * 30; i++) { /* it came hours after the first start */
		contact(&whole, i);
		contact(&parts, i);
		if (i % 50 == 33) {
			until(&parts, nth(i) + MINUTE);
			restart(&parts, 5 * SEC, i % 100 == 33);
		}
	}
	assert_true(whole.n->best >= 60);
	assert_true(nf_evidence(last(&whole), "rita_dur_permille") < 900);
	same_figures(&whole, &parts);
	assert_true(nw_box_count(parts.box, "beacon") <= 2); /* one, and one of whatever place */
	life_end(&whole);
	life_end(&parts);
}

/* Nobody looked for twenty of its periods, twice: that is no interval of it. */
static void beacon_that_was_missed(void **state)
{
	struct life l = life_begin("beacon");
	unsigned i = 0;

	(void)state;
	for (unsigned part = 0; part < 3; part++) {
		for (unsigned k = 0; k < 4; k++) {
			contact(&l, i++);
		}
		if (part < 2) {
			assert_int_equal(l.n->all, 0);
			until(&l, nth(i - 1) + MINUTE);
			restart(&l, 20 * PERIOD, false);
			i += 20;
		}
	}
	assert_int_equal(l.n->all, 1);
	assert_int_equal(nf_evidence(last(&l), "contacts"), 12);
	assert_int_equal(nf_evidence(last(&l), "contacts_weighed"), 10);
	assert_in_range(nf_evidence(last(&l), "interval_median_ms"), 100000, 140000);
	life_end(&l);
}

/* A kill takes at most the last minute. */
static void beacon_killed(void **state)
{
	struct life l = life_begin("beacon");

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		contact(&l, i);
	}
	until(&l, nth(7) + 70 * SEC);
	kill_it(&l, 5 * SEC);
	contact(&l, 8);
	assert_int_equal(l.n->all, 0);
	contact(&l, 9);
	assert_int_equal(l.n->all, 1);
	assert_int_equal(nf_evidence(last(&l), "contacts"), 10);
	life_end(&l);
}

/* A boot whose clock is behind: what was kept stands before it, and how long ago nobody knows. */
static void beacon_with_a_clock_behind(void **state)
{
	struct life l = life_begin("beacon");
	unsigned i;

	(void)state;
	for (i = 0; i < 8; i++) {
		contact(&l, i);
	}
	nw_feed_fact(l.n->feed, "session", "end");
	nf_free(l.n);
	life_session(&l, "boot 1", 0, 1717 * SEC);
	assert_int_equal(nw_state_loss(l.n->feed->state, NW_LOSS_STATE), 0);
	for (i = 0; i < 2; i++) {
		contact(&l, i);
		assert_int_equal(l.n->all, 0);
	}
	contact(&l, i); /* seven intervals and two */
	assert_int_equal(l.n->all, 1);
	life_end(&l);
}

/* Rows are no more than pairs, and go with them. */
static void beacon_rows_end(void **state)
{
	struct life l = life_begin("beacon");

	(void)state;
	nf_contact(l.n, (struct nf_contact){ .to = "198.51.100.9", .tx = 700, .pid = 101 });
	for (unsigned i = 0; i < 3; i++) {
		contact(&l, i);
	}
	until(&l, nth(2) + 20 * SEC);
	assert_int_equal(nw_box_count(l.box, "beacon"), 2); /* who was there once is none */
	restart(&l, 25 * NF_HOUR, false);
	until(&l, now_of(&l) + 20 * SEC);
	assert_int_equal(nw_box_count(l.box, "beacon"), 0); /* too old to be anything */
	until(&l, nth(1000));
	for (unsigned i = 1000; i < 1003; i++) {
		contact(&l, i);
	}
	until(&l, nth(1003));
	assert_int_equal(nw_box_count(l.box, "beacon"), 2);
	until(&l, nth(1003) + 25 * NF_HOUR);
	assert_int_equal(nw_box_count(l.box, "beacon"), 0); /* quiet for a day */
	life_end(&l);
}

/* At the end there is no later: all are told at once. */
static void beacon_of_many(void **state)
{
	struct life l = life_begin("beacon");

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		char to[24];

		snprintf(to, sizeof(to), "198.51.%u.1", i / 2);
		nf_contact(l.n, (struct nf_contact){ .to = to, .tx = 700 });
		until(&l, now_of(&l) + (i % 2 ? SEC / 5 : 2 * SEC));
	}
	l.box->rows = 0; /* what was told until then is told once more */
	for (unsigned i = 0; i < 100; i++) {
		char to[24];

		snprintf(to, sizeof(to), "198.51.%u.1", i);
		nf_contact(l.n, (struct nf_contact){ .to = to, .tx = 700 });
	}
	nw_feed_fact(l.n->feed, "session", "end");
	assert_int_equal(nw_box_count(l.box, "beacon"), 101);
	life_end(&l);
}

/* ---- slow-drip ---- */

static void drip(struct life *l, unsigned hour)
{
	for (unsigned i = 0; i < 6; i++) {
		until(l, hour * NF_HOUR + (i * 10 + 1) * MINUTE);
		nf_contact(l->n, (struct nf_contact){ .tx = MB / 5, .rx = 2000 });
	}
}

static void drip_at_the_same_hour(void **state)
{
	(void)state;
	for (unsigned is_boot = 0; is_boot < 2; is_boot++) {
		struct life whole = life_begin("slow-drip");
		struct life parts = life_begin("slow-drip");

		for (unsigned hour = 0; hour < 40; hour++) {
			drip(&whole, hour);
			drip(&parts, hour);
			assert_int_equal(whole.n->all > 0, parts.n->all + parts.told > 0);
			if (hour % 7 == 2) {
				restart(&parts, 5 * SEC, is_boot);
			}
		}
		assert_true(whole.n->best >= 40);
		same_figures(&whole, &parts);
		assert_int_equal(nw_box_count(parts.box, "slow-drip"), 1);
		life_end(&whole);
		life_end(&parts);
	}
}

/* Hours in which nobody looked are no hours without a byte. */
static void drip_that_was_missed(void **state)
{
	struct life l = life_begin("slow-drip");

	(void)state;
	for (unsigned hour = 0; hour < 3; hour++) {
		drip(&l, hour);
	}
	restart(&l, 12 * NF_HOUR, false);
	for (unsigned hour = 15; hour < 18; hour++) {
		drip(&l, hour);
	}
	assert_true(l.n->all > 0);
	assert_in_range(nf_evidence(last(&l), "hours_of_them"), 5, 7);
	life_end(&l);
}

/* One connection, open over the restart: nothing of it counts twice. */
static void drip_in_one_connection(void **state)
{
	struct life l = life_begin("slow-drip");
	struct nf_contact c = { .cookie = 77, .birth_ns = l.n->feed->now_ns };

	(void)state;
	for (unsigned hour = 0; hour < 12; hour++) {
		until(&l, hour * NF_HOUR + MINUTE);
		c.tx += MB;
		nf_bin(l.n, c);
		if (hour == 6) {
			restart(&l, 5 * SEC, false);
			c.flags = NW_SOCK_CONNECTED | NW_SOCK_PRESTART;
			nf_bin(l.n, c);
		}
	}
	assert_int_equal(nf_evidence(last(&l), "up_bytes"), 12 * MB);
	life_end(&l);
}

/* ---- rows that lie ---- */

static struct nw_box *rows_of(const char *rule)
{
	struct life l = life_begin(rule);
	struct nw_box *box = l.box;

	for (unsigned i = 0; i < 5; i++) {
		contact(&l, i);
	}
	nw_feed_fact(l.n->feed, "session", "end");
	nf_free(l.n);
	assert_true(nw_box_count(box, rule) > 0);
	return box;
}

/* True when it was refused; whatever was taken, contacts go on and are told. */
static bool is_refused(const char *rule, struct nw_box *box)
{
	struct life l = { .rule = rule, .box = box };
	uint64_t lost;

	life_session(&l, "boot 0", 5 * PERIOD, 5 * PERIOD + START);
	lost = nw_state_loss(l.n->feed->state, NW_LOSS_STATE);
	for (unsigned i = 6; i < 16; i++) {
		contact(&l, i);
	}
	assert_true(strcmp(rule, "beacon") != 0 || l.n->all > 0);
	nf_free(l.n);
	return lost > 0;
}

static void rows_that_lie(void **state)
{
	static const int64_t lies[] = { INT64_MAX - 8, -1 };
	static const char *const rules[] = { "beacon", "slow-drip" };

	(void)state;
	nw_log_set_level(NW_LOG_ERR); /* each of them is a warning */
	for (unsigned r = 0; r < 2; r++) {
		struct nw_box *good = rows_of(rules[r]);
		struct nw_box *box = calloc(1, sizeof(*box));
		unsigned refused = 0;

		assert_non_null(box);
		for (unsigned i = 0; i < good->rows; i++) {
			if (strcmp(good->row[i].kind, rules[r]) == 0) {
				box->row[0] = good->row[i];
			}
		}
		good->row[0] = box->row[0];
		box->rows = 1;
		assert_false(is_refused(rules[r], box));
		for (unsigned k = 0; k < NW_ARRAY_SIZE(lies) * good->row[0].len; k++) {
			box->rows = 1;
			box->row[0] = good->row[0];
			box->row[0].n[k % box->row[0].len] = lies[k / box->row[0].len];
			refused += is_refused(rules[r], box);
		}
		assert_true(refused > good->row[0].len);
		for (unsigned what = 0; what < 4; what++) {
			box->rows = 1;
			box->row[0] = good->row[0];
			box->row[0].n[0] += what == 0; /* a later version */
			box->row[0].len -= what == 1 ? box->row[0].len - 3 : 0;	   /* cut */
			box->row[0].n[3] += what == 2 ? 40 * (int64_t)NF_HOUR : 0; /* not yet */
			if (what == 3) {
				box->row[0].len = NW_KEPT_NUMBERS;
				box->row[0].n[NW_KEPT_NUMBERS - 1] = 1;
			}
			assert_true(is_refused(rules[r], box));
		}
		free(good);
		free(box);
	}
	nw_log_set_level(NW_LOG_WARN);
}

/* Of any kind: what is no row at all is counted. */
static void no_rows_at_all(void **state)
{
	static const char *const rows[] = { "", "1", "1 2", "x\t\tkey", "1 2\tkey", "1\t\t" };
	struct nf *n = session("beacon", "", 2000 * SEC, NULL, NULL);

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		nw_feed_fact(n->feed, i % 2 ? "kept.beacon" : "kept.first-contact.known", rows[i]);
	}
	assert_int_equal(nw_state_loss(n->feed->state, NW_LOSS_STATE), NW_ARRAY_SIZE(rows));
	nf_free(n);
}

NW_TESTS(user_restart_hours, cmocka_unit_test(beacon_at_the_same_contact),
	 cmocka_unit_test(beacon_of_hours), cmocka_unit_test(beacon_that_was_missed),
	 cmocka_unit_test(beacon_killed), cmocka_unit_test(beacon_with_a_clock_behind),
	 cmocka_unit_test(beacon_rows_end), cmocka_unit_test(beacon_of_many),
	 cmocka_unit_test(drip_at_the_same_hour), cmocka_unit_test(drip_that_was_missed),
	 cmocka_unit_test(drip_in_one_connection), cmocka_unit_test(rows_that_lie),
	 cmocka_unit_test(no_rows_at_all));
