/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage over restarts, within a boot and over boots, with clocks that were set, and rows that lie. */
#include "kept_feed.h"
#include "state/coverage.h"

#define SECOND NW_FEED_SEC
#define HOUR   (3600 * SECOND)
#define BEGIN  (1000 * SECOND) /* boot time of the first session */

static void run_ticks(struct nw_feed *f, unsigned seconds, int64_t wall_off)
{
	for (unsigned i = 0; i < seconds; i++) {
		nw_feed_clock(f, (struct nw_feed_time){ .after_ns = SECOND,
							.period_ns = SECOND,
							.wall_off_ns = wall_off });
	}
}

static struct nw_coverage all(const struct nw_feed *f)
{
	struct nw_coverage c;

	nw_coverage_of_all(f->state, &c);
	return c;
}

static void assert_seen(struct nw_coverage c, uint64_t window, uint64_t observed, uint64_t full,
			uint32_t why)
{
	assert_int_equal(c.window_ns / SECOND, window);
	assert_int_equal(c.observed_ns / SECOND, observed);
	assert_int_equal(c.full_ns / SECOND, full);
	assert_int_equal(c.why, why);
}

/* 100 s from BEGIN on, one of them with a loss; killed or ended in order. */
static struct nw_box *first_session(bool is_killed)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nw_feed *f;

	assert_non_null(box);
	f = nw_box_start((struct nw_restart){ .at_ns = BEGIN, .to = box });
	nw_box_session(f);
	run_ticks(f, 49, 0);
	nw_feed_loss(f, NW_LOSS_RING_FULL, 3);
	run_ticks(f, 51, 0);
	if (!is_killed) {
		nw_feed_fact(f, "session", "end");
	}
	assert_seen(all(f), 100, 100, 99, NW_GAP_LOSS);
	nw_feed_free(f);
	return box;
}

static void test_same_boot(void **state)
{
	struct nw_box *box = first_session(false);
	struct nw_feed *f = nw_box_start(
		(struct nw_restart){ .at_ns = BEGIN + 160 * SECOND, .from = box, .to = box });
	struct nw_coverage c;

	(void)state;
	nw_box_session(f);
	run_ticks(f, 40, 0);
	assert_seen(all(f), 200, 140, 139, NW_GAP_LOSS | NW_GAP_RESTART);
	assert_int_equal(all(f).starts, 2);
	nw_coverage_of_session(f->state, &c);
	assert_seen(c, 40, 40, 40, 0);
	/* a finding's window that reaches back over this start */
	nw_coverage_of(f->state, BEGIN + 90 * SECOND, BEGIN + 170 * SECOND, &c);
	assert_seen(c, 80, 20, 20, NW_GAP_RESTART);
	nw_coverage_of(f->state, BEGIN + 40 * SECOND, BEGIN + 60 * SECOND, &c);
	assert_seen(c, 20, 20, 19, NW_GAP_LOSS);
	nw_coverage_of(f->state, BEGIN - 10 * SECOND, BEGIN + 10 * SECOND, &c);
	assert_seen(c, 20, 10, 10, NW_GAP_BEFORE);
	nw_feed_free(f);
	/* and once more: what was read is kept with what came */
	f = nw_box_start((struct nw_restart){ .at_ns = BEGIN + 300 * SECOND, .from = box });
	nw_box_session(f);
	assert_int_equal(all(f).starts, 3);
	assert_in_range(all(f).observed_ns / SECOND, 134,
			140); /* killed: the last row is 5 s old */
	assert_int_equal(all(f).why, NW_GAP_LOSS | NW_GAP_RESTART);
	nw_feed_free(f);
	free(box);
}

/* In one boot the boot clock counts, whatever was done to the other. */
static void test_clock_set_between(void **state)
{
	struct nw_box *box = first_session(false);
	struct nw_feed *f = nw_box_start((struct nw_restart){
		.at_ns = BEGIN + 160 * SECOND, .wall_off_ns = 7 * (int64_t)HOUR, .from = box });

	(void)state;
	nw_box_session(f);
	assert_seen(all(f), 160, 100, 99, NW_GAP_LOSS | NW_GAP_RESTART);
	nw_feed_free(f);
	free(box);
}

/* Another boot, 1,000 s later by the wall clock: its own clock begins anew. */
static void test_other_boot(void **state)
{
	const uint64_t at = 20 * SECOND;
	const int64_t wall = (int64_t)(BEGIN + 1100 * SECOND - at);
	struct nw_box *box = first_session(false);
	struct nw_feed *f = nw_box_start((struct nw_restart){
		.boot = NW_BOOT_B, .at_ns = at, .wall_off_ns = wall, .from = box, .to = box });
	struct nw_coverage c;

	(void)state;
	nw_box_session(f);
	run_ticks(f, 10, wall);
	assert_seen(all(f), 1110, 110, 109, NW_GAP_LOSS | NW_GAP_RESTART);
	/* a time before this boot: negative */
	nw_coverage_of(f->state, at - 1060 * SECOND, at + 5 * SECOND, &c);
	assert_seen(c, 1065, 65, 64, NW_GAP_LOSS | NW_GAP_RESTART);
	nw_feed_fact(f, "session", "end");
	nw_feed_free(f);
	/* and back to a third: rows of the first boot were told anew */
	f = nw_box_start((struct nw_restart){
		.at_ns = 5 * SECOND, .wall_off_ns = wall + 100 * (int64_t)SECOND, .from = box });
	nw_box_session(f);
	assert_seen(all(f), 1185, 110, 109, NW_GAP_LOSS | NW_GAP_RESTART);
	nw_feed_free(f);
	free(box);
}

/* A boot without a clock: what was kept would lie in the future. It ends now, for all that is known. */
static void test_clock_behind(void **state)
{
	struct nw_box *box = first_session(false);
	struct nw_feed *f = nw_box_start((struct nw_restart){ .boot = NW_BOOT_B,
							      .at_ns = 20 * SECOND,
							      .wall_off_ns = -9 * (int64_t)HOUR,
							      .from = box });

	(void)state;
	nw_box_session(f);
	assert_seen(all(f), 100, 100, 99, NW_GAP_LOSS);
	assert_int_equal(all(f).clock_jumps, 1);
	nw_feed_free(f);
	free(box);
}

/* The clock is set while a session runs: gaps told before that are told anew, with the new offset. */
static void test_clock_set_within(void **state)
{
	const int64_t jump = (int64_t)HOUR;
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nw_feed *f = nw_box_start((struct nw_restart){ .at_ns = BEGIN, .to = box });

	(void)state;
	assert_non_null(box);
	nw_box_session(f);
	run_ticks(f, 10, 0);
	nw_feed_loss(f, NW_LOSS_RING_FULL, 3);
	run_ticks(f, 20, 0);
	run_ticks(f, 10, jump);
	nw_feed_fact(f, "session", "end");
	nw_feed_free(f);
	f = nw_box_start((struct nw_restart){ .boot = NW_BOOT_B,
					      .at_ns = BEGIN + 100 * SECOND,
					      .wall_off_ns = jump,
					      .from = box });
	nw_box_session(f);
	assert_seen(all(f), 100, 40, 39, NW_GAP_LOSS | NW_GAP_RESTART);
	assert_int_equal(all(f).clock_jumps, 1);
	nw_feed_free(f);
	free(box);
}

static void test_killed(void **state)
{
	struct nw_box *box = first_session(true);
	struct nw_feed *f = nw_box_start(
		(struct nw_restart){ .at_ns = BEGIN + 110 * SECOND, .from = box, .to = box });
	struct nw_coverage c;

	(void)state;
	nw_box_session(f);
	c = all(f);
	assert_true(c.observed_ns <= 100 * SECOND);
	assert_true(c.observed_ns >= 94 * SECOND); /* what was told last is 5 s old */
	nw_feed_free(f);
	free(box);
}

/* A loss in every tick leaves the sessions apart from what was between them. */
static void test_always_lossy(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nw_feed *f;

	(void)state;
	assert_non_null(box);
	for (unsigned i = 0; i < 3; i++) {
		f = nw_box_start((struct nw_restart){
			.at_ns = BEGIN + i * 100 * SECOND, .from = box, .to = box });
		nw_box_session(f);
		for (unsigned t = 1; t <= 50; t++) {
			nw_feed_loss(f, NW_LOSS_RING_FULL, t);
			run_ticks(f, 1, 0);
		}
		nw_feed_fact(f, "session", "end");
		assert_seen(all(f), 50 + i * 100, 50 + i * 50, 0,
			    NW_GAP_LOSS | (i ? NW_GAP_RESTART : 0));
		nw_feed_free(f);
	}
	free(box);
}

/* More gaps than room, over many sessions: never more is claimed than was seen. */
static void test_many_gaps(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	uint64_t lost = 0;

	(void)state;
	assert_non_null(box);
	for (unsigned i = 0; i < 19; i++) {
		struct nw_feed *f = nw_box_start((struct nw_restart){
			.at_ns = BEGIN + i * 1000 * SECOND, .from = box, .to = box });
		uint64_t here = 0;

		nw_box_session(f);
		for (unsigned t = 0; t < 60; t++) {
			nw_feed_loss(f, NW_LOSS_RING_FULL, ++here);
			run_ticks(f, 10, 0);
		}
		lost += here;
		nw_feed_fact(f, "session", "end");
		assert_true(all(f).observed_ns <= (i + 1) * 600 * SECOND);
		assert_true(all(f).full_ns <= (i + 1) * 600 * SECOND - lost * SECOND);
		nw_feed_free(f);
	}
	assert_true(nw_box_count(box, "coverage") <= 1025);
	free(box);
}

static void test_refused_is_told_again(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nw_feed *f;

	(void)state;
	assert_non_null(box);
	box->refuse = 3;
	f = nw_box_start((struct nw_restart){ .at_ns = BEGIN, .to = box });
	nw_box_session(f);
	run_ticks(f, 30, 0);
	assert_int_equal(box->refuse, 0);
	assert_non_null(nw_box_find(box, "coverage", "all"));
	nw_feed_free(f);
	free(box);
}

static void test_rows_that_lie(void **state)
{
	static const char *const lies[] = {
		"",
		"\t\tall",
		"1\t\tall",
		"2000000000000 1000000000000 0 0 1 0 0 0 0\t\tall", /* ends before it begins */
		"-9223372036854775807 9223372036854775807 0 0 1 0 0 0 0\t\tall",
		"99999999999999999999 1 0 0 1 0 0 0 0\t\tall",
		"1000 2000 0 0 1 0 0 0\t\tall", /* one number too few */
		"1000 2000 0 0 x 0 0 0 0\t\tall",
		"900000000000 950000000000 0 0\t\tgap.0000",
		"950000000000 900000000000 0 0 8\t\tgap.0001",
		"-1 -1 -1 -1 -1\t\tgap.0002",
	};
	struct nw_feed *f = nw_box_start((struct nw_restart){ .at_ns = BEGIN });

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(lies); i++) {
		nw_feed_fact(f, "kept.coverage", lies[i]);
	}
	nw_box_session(f);
	run_ticks(f, 10, 0);
	assert_seen(all(f), 10, 10, 10, 0);
	assert_int_equal(all(f).starts, 1);
	assert_true(nw_state_loss(f->state, NW_LOSS_STATE) >= 1);
	/* what comes when the session runs changes nothing */
	nw_feed_fact(f, "kept.coverage", "1000 2000 0 0 1 0 0 0 0\t\tall");
	assert_seen(all(f), 10, 10, 10, 0);
	nw_feed_free(f);
}

/* Gaps that overlap, come in any order, and lie outside take no time twice. */
static void test_gaps_that_lie(void **state)
{
	struct nw_box *box = first_session(false);
	struct nw_kept *whole = nw_box_row(box, "coverage", "all");
	struct nw_feed *f;
	char rows[4][128];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		static const unsigned at[4][2] = {
			{ 50, 90 }, { 10, 60 }, { 20, 30 }, { 80, 5000 }
		};

		snprintf(rows[i], sizeof(rows[i]), "%llu %llu 0 %lld 8\t\tgap.001%u",
			 BEGIN + at[i][0] * SECOND, BEGIN + at[i][1] * SECOND,
			 (long long)whole->n[3], i);
	}
	f = nw_box_start((struct nw_restart){ .at_ns = BEGIN + 160 * SECOND, .from = box });
	for (unsigned i = 0; i < 4; i++) {
		nw_feed_fact(f, "kept.coverage", rows[i]);
	}
	nw_box_session(f);
	run_ticks(f, 10, 0);
	assert_true(all(f).observed_ns <= 170 * SECOND);
	assert_int_equal(all(f).full_ns / SECOND, 10 + 10);
	nw_feed_free(f);
	free(box);
}

NW_TESTS(state_coverage_past, cmocka_unit_test(test_same_boot),
	 cmocka_unit_test(test_clock_set_between), cmocka_unit_test(test_other_boot),
	 cmocka_unit_test(test_clock_behind), cmocka_unit_test(test_clock_set_within),
	 cmocka_unit_test(test_killed), cmocka_unit_test(test_always_lossy),
	 cmocka_unit_test(test_many_gaps), cmocka_unit_test(test_refused_is_told_again),
	 cmocka_unit_test(test_rows_that_lie), cmocka_unit_test(test_gaps_that_lie));
