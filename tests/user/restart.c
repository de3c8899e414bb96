/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a restart is to those who learn: who was learnt is not learnt anew, who is being learnt goes on
 * being learnt, what was told as new is no baseline after it, and what came while nobody looked is
 * new. Each test tells first what happens without what was kept, so that it shows that rows matter.
 */
#include "restart_feed.h"

#define MB 1000000ULL

/* ---- first-contact ---- */

static struct nw_box *learnt_for(unsigned seconds)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n;

	assert_non_null(box);
	n = session("first-contact", "", 1000 * SEC, NULL, box);
	begin(n);
	visit(n, "198.51.100.4");
	visit(n, "198.51.101.4");
	ticks(n, seconds);
	visit(n, "198.51.100.4");
	end(n);
	return box;
}

static void test_learnt_stays_learnt(void **state)
{
	struct nw_box *box = learnt_for(3700);
	struct nf *n = session("first-contact", "", 9000 * SEC, NULL, NULL);

	(void)state;
	begin(n);
	visit(n, "203.0.113.7"); /* without rows it would be learnt */
	assert_int_equal(n->all, 0);
	nf_free(n);

	n = session("first-contact", "", 9000 * SEC, box, box);
	begin(n);
	visit(n, "198.51.100.4"); /* known */
	visit(n, "198.51.101.4");
	assert_int_equal(n->all, 0);
	visit(n, "203.0.113.7");
	assert_int_equal(count(n, NW_FINDING_OPENED, 20), 1);
	end(n);

	n = session("first-contact", "", 20000 * SEC, box, NULL); /* and is told once */
	begin(n);
	visit(n, "203.0.113.7");
	assert_int_equal(count(n, NW_FINDING_OPENED, 20), 0);
	visit(n, "192.0.2.9");
	assert_int_equal(count(n, NW_FINDING_OPENED, 20), 1);
	nf_free(n);
	for (unsigned i = 0; i < box->rows; i++) { /* it is marked as nobody's choice */
		const struct nw_kept *r = &box->row[i];

		if (strcmp(r->kind, "first-contact.known") == 0) {
			assert_int_equal(r->n[4], r->n[2] > (int64_t)(1700000000 + 8000) *
								    (int64_t)NW_NSEC_PER_SEC);
		}
	}
	free(box);
}

/* Half an hour of learning, a restart: half an hour is left, not none and not a whole one. */
static void test_learning_goes_on(void **state)
{
	struct nw_box *box = learnt_for(1800);
	struct nf *n = session("first-contact", "", 9000 * SEC, box, NULL);

	(void)state;
	begin(n);
	visit(n, "203.0.113.7"); /* it is still being learnt */
	assert_int_equal(n->all, 0);
	ticks(n, 1500);
	visit(n, "203.0.113.8");
	assert_int_equal(n->all, 0);
	ticks(n, 400);
	visit(n, "198.51.100.4"); /* now it is learnt, which is told */
	assert_int_equal(n->all, 1);
	visit(n, "192.0.2.9");
	assert_int_equal(count(n, NW_FINDING_OPENED, 20), 1);
	nf_free(n);
	free(box);
}

/* ---- new-listener ---- */

static void test_listeners(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("new-listener", "", 1000 * SEC, NULL, box);

	(void)state;
	assert_non_null(box);
	listens(n, 80, NW_SOCK_FOUND);
	begin(n);
	listens(n, 4444, 0); /* an attacker's, told; nobody comes */
	ticks(n, 620);
	assert_int_equal(count(n, NW_FINDING_UPDATED, 50), 1);
	assert_int_equal(count(n, NW_FINDING_OPENED, 0), 2);
	end(n);

	n = session("new-listener", "", 5000 * SEC, NULL, NULL); /* all is there at the start */
	listens(n, 80, NW_SOCK_FOUND);
	listens(n, 4444, NW_SOCK_FOUND);
	listens(n, 5555, NW_SOCK_FOUND);
	begin(n);
	ticks(n, 140);
	assert_int_equal(count(n, NW_FINDING_OPENED, 50), 0);
	nf_free(n);

	n = session("new-listener", "listeners: [{port: 6666}]", 5000 * SEC, box, box);
	listens(n, 80, NW_SOCK_FOUND);
	listens(n, 4444, NW_SOCK_FOUND);
	listens(n, 5555, NW_SOCK_FOUND); /* it came in between */
	listens(n, 6666, NW_SOCK_FOUND); /* that too, but somebody accepted it */
	begin(n);
	ticks(n, 620);
	assert_int_equal(count(n, NW_FINDING_OPENED, 0), 1);
	assert_int_equal(count(n, NW_FINDING_OPENED, 50), 1);
	assert_int_equal(nf_evidence(&n->finding[0], "port") + nf_evidence(&n->finding[1], "port"),
			 4444 + 5555);
	assert_true(count(n, NW_FINDING_UPDATED, 50) >= 1); /* the attacker's goes on */
	end(n);

	n = session("new-listener", "", 9000 * SEC, box, NULL);
	listens(n, 5555, NW_SOCK_FOUND); /* and is not learnt by one more restart */
	begin(n);
	ticks(n, 140);
	assert_int_equal(n->best, 55);
	nf_free(n);
	free(box);
}

/* Rows of a run that looked at less say nothing of the whole. */
static void test_other_scope(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("new-listener", "", 1000 * SEC, NULL, box);

	(void)state;
	assert_non_null(box);
	nw_feed_fact(n->feed, "scope", "cgroup");
	listens(n, 80, NW_SOCK_FOUND);
	begin(n);
	end(n);
	n = session("new-listener", "", 5000 * SEC, NULL, NULL);
	nw_feed_fact(n->feed, "scope", "host");
	nw_box_give(n->feed, box);
	listens(n, 22, NW_SOCK_FOUND);
	begin(n);
	ticks(n, 140);
	assert_int_equal(n->best, 10);
	nf_free(n);
	free(box);
}

/* ---- unexpected-child ---- */

static void test_children(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("unexpected-child", RECORDER, 1000 * SEC, NULL, box);

	(void)state;
	assert_non_null(box);
	recorder(n, 1);
	begin(n);
	shell(n, "/usr/bin/dash"); /* in its first minutes */
	assert_int_equal(n->best, 30);
	ticks(n, 700);
	end(n);

	n = session("unexpected-child", RECORDER, 5000 * SEC, NULL, NULL);
	recorder(n, 1);
	begin(n);
	shell(n, "/usr/bin/sh2"); /* without rows its first minutes begin anew */
	assert_int_equal(n->best, 30);
	nf_free(n);

	n = session("unexpected-child", RECORDER, 5000 * SEC, box, box);
	recorder(n, 2); /* updated: another file at the same path */
	begin(n);
	shell(n, "/usr/bin/dash"); /* what it started then is what it starts */
	assert_int_equal(n->best, 30);
	shell(n, "/usr/bin/sh2"); /* this it never did */
	assert_int_equal(n->best, 55);
	end(n);

	n = session("unexpected-child", RECORDER, 9000 * SEC, box, NULL);
	recorder(n, 2);
	begin(n);
	shell(n, "/usr/bin/sh2"); /* nor is it a habit after a restart */
	assert_int_equal(n->best, 55);
	nf_free(n);
	free(box);
}

/* Rows of recorders that are long gone take no place from one that is here. */
static void test_many_recorders(void **state)
{
	struct nf *n = session("unexpected-child", RECORDER, 1000 * SEC, NULL, NULL);
	char row[64];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		snprintf(row, sizeof(row), "0 1\t\t/opt/gone%u/server gone.service", i);
		nw_feed_fact(n->feed, "kept.unexpected-child", row);
	}
	recorder(n, 1);
	begin(n);
	shell(n, "/usr/bin/dash");
	assert_int_equal(n->best, 30);
	nf_free(n);
}

/* More doors than the table has, over the years: those that are used are told anew each time. */
static void test_many_doors(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("new-listener", "", 1000 * SEC, NULL, box);

	(void)state;
	assert_non_null(box);
	listens(n, 80, NW_SOCK_FOUND);
	begin(n);
	end(n);
	for (unsigned s = 1; s < 4; s++) {
		n = session("new-listener", "", s * 10000 * SEC, box, box);
		box->rows = 0; /* what is there at the end was told in this session */
		listens(n, 80, NW_SOCK_FOUND);
		begin(n);
		ticks(n, 12);
		assert_int_equal(nw_box_count(box, "new-listener"), 1);
		assert_int_equal(n->best, 0);
		end(n);
	}
	free(box);
}

/* ---- bulk-upload ---- */

static void upload(struct nf *n, uint64_t cookie, unsigned mb, unsigned minutes)
{
	struct nf_contact c = { .cookie = cookie, .birth_ns = n->feed->now_ns };

	for (unsigned i = 1; i <= minutes; i++) {
		c.tx = mb * MB * i / minutes;
		c.rx = i;
		nf_bin(n, c);
		nf_tick(n, 60 * SEC);
	}
}

static void test_uploads(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("bulk-upload", "", 1000 * SEC, NULL, box);

	(void)state;
	assert_non_null(box);
	begin(n);
	for (unsigned h = 0; h < 24; h++) { /* as much each hour: its habit, once that is known */
		upload(n, 5000 + h, 400, 50);
		nf_tick(n, 10 * 60 * SEC);
	}
	end(n);
	n = session("bulk-upload", "", 100 * SEC, NULL, NULL);
	begin(n);
	upload(n, 9000, 400, 50);
	assert_true(n->all > 0); /* without rows: no baseline */
	nf_free(n);
	n = session("bulk-upload", "", 100 * SEC, box,
		    NULL); /* the boot is younger than its hours */
	begin(n);
	upload(n, 9000, 400, 50);
	assert_int_equal(n->all, 0);
	upload(n, 9001, 4000, 50);
	assert_true(n->best >= 50); /* and what is above it is an alert, hours after a start */
	nf_free(n);
	free(box);
}

NW_TESTS(user_restart, cmocka_unit_test(test_learnt_stays_learnt),
	 cmocka_unit_test(test_learning_goes_on), cmocka_unit_test(test_listeners),
	 cmocka_unit_test(test_other_scope), cmocka_unit_test(test_children),
	 cmocka_unit_test(test_many_recorders), cmocka_unit_test(test_many_doors),
	 cmocka_unit_test(test_uploads));
