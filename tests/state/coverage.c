/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage, through the real pipeline: what of a session, and of a window, was seen in full. */
#include "state/coverage.h"
#include "feed.h"

#define SECOND NW_FEED_SEC

static struct nw_feed *start(void)
{
	struct nw_feed *f = nw_feed_new("", 60 * SECOND);

	nw_feed_tick(f, SECOND);
	nw_feed_fact(f, "session", "start");
	return f;
}

static void ticks(struct nw_feed *f, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		nw_feed_tick(f, SECOND);
	}
}

static struct nw_coverage session(const struct nw_feed *f)
{
	struct nw_coverage c;

	nw_coverage_of_session(f->state, &c);
	return c;
}

static struct nw_coverage window(const struct nw_feed *f, uint64_t from, uint64_t to)
{
	struct nw_coverage c;

	nw_coverage_of(f->state, from, to, &c);
	return c;
}

static void assert_seen(struct nw_coverage c, uint64_t observed, uint64_t full, uint32_t why)
{
	assert_int_equal(c.observed_ns, observed * SECOND);
	assert_int_equal(c.full_ns, full * SECOND);
	assert_int_equal(c.why, why);
}

static void a_quiet_session_is_whole(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	ticks(f, 100);
	assert_seen(session(f), 100, 100, 0);
	assert_int_equal(session(f).suspends + session(f).stalls + session(f).clock_jumps, 0);
	nw_feed_free(f);
}

static void before_the_session_nobody_looked(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * SECOND);
	uint64_t began;

	(void)state;
	ticks(f, 5);
	assert_seen(session(f), 0, 0, 0);
	nw_feed_fact(f, "session", "start");
	began = f->now_ns;
	ticks(f, 10);
	assert_seen(window(f, began - 4 * SECOND, began + 6 * SECOND), 6, 6, NW_GAP_BEFORE);
	assert_seen(window(f, began - 4 * SECOND, began), 0, 0, NW_GAP_BEFORE);
	assert_seen(window(f, began + 2 * SECOND, began + 90 * SECOND), 8, 8, NW_GAP_BEFORE);
	nw_feed_free(f);
}

/* From the tick before to the tick that tells it, and in no other window. */
static void a_loss_takes_its_tick(void **state)
{
	struct nw_feed *f = start();
	uint64_t at;

	(void)state;
	ticks(f, 10);
	at = f->now_ns;
	nw_feed_loss(f, NW_LOSS_RING_FULL, 3);
	assert_seen(session(f), 10, 10, 0); /* no time passed yet */
	ticks(f, 10);
	assert_seen(session(f), 20, 19, NW_GAP_LOSS);
	assert_seen(window(f, at - 5 * SECOND, at), 5, 5, 0);
	assert_seen(window(f, at, at + 2 * SECOND), 2, 1, NW_GAP_LOSS);
	assert_seen(window(f, at + SECOND, at + 3 * SECOND), 2, 2, 0);
	nw_feed_loss(f, NW_LOSS_DECODE, 9); /* hides a name */
	ticks(f, 1);
	assert_seen(session(f), 21, 20, NW_GAP_LOSS);
	nw_feed_free(f);
}

static void a_late_tick_is_a_stall(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	ticks(f, 10);
	nw_feed_clock(f, (struct nw_feed_time){ .after_ns = 3 * SECOND, .period_ns = SECOND });
	assert_int_equal(session(f).stalls, 0); /* two seconds late may be a busy host */
	nw_feed_clock(f, (struct nw_feed_time){ .after_ns = 4 * SECOND, .period_ns = SECOND });
	assert_int_equal(session(f).stalls, 1);
	assert_seen(session(f), 17, 13, NW_GAP_STALL);
	nw_feed_clock(f, (struct nw_feed_time){ .after_ns = 5 * SECOND, .period_ns = 5 * SECOND });
	assert_int_equal(session(f).stalls, 1); /* the ledger's period grew */
	nw_feed_free(f);
}

static void sleep_is_no_stall(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	ticks(f, 10);
	nw_feed_clock(f, (struct nw_feed_time){ .after_ns = 601 * SECOND,
						.period_ns = SECOND,
						.asleep_ns = 600 * SECOND });
	nw_feed_clock(f, (struct nw_feed_time){ .after_ns = SECOND,
						.period_ns = SECOND,
						.asleep_ns = 600 * SECOND });
	assert_int_equal(session(f).suspends, 1);
	assert_int_equal(session(f).stalls, 0);
	assert_int_equal(session(f).asleep_ns, 600 * SECOND);
	assert_int_equal(session(f).clock_jumps, 0);
	assert_seen(session(f), 612, 11, NW_GAP_ASLEEP);
	nw_feed_free(f);
}

static void the_wall_clock_jumps(void **state)
{
	static const int64_t off[] = { 400000000, 0, 600000000, -3600000000000 };
	struct nw_feed *f = start();

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(off); i++) {
		nw_feed_clock(f, (struct nw_feed_time){ .after_ns = SECOND,
							.period_ns = SECOND,
							.wall_off_ns = off[i] });
	}
	assert_int_equal(session(f).clock_jumps, 2);
	assert_seen(session(f), 4, 4, 0);
	nw_feed_free(f);
}

/* One that was off from the start is what this kernel can; one that goes off takes the rest. */
static void a_hook_goes_off(void **state)
{
	struct nw_feed *f = nw_feed_new("", 60 * SECOND);

	(void)state;
	nw_feed_tick(f, SECOND);
	nw_feed_fact(f, "hook.sock_recv", "off: not on this kernel");
	nw_feed_fact(f, "hook.dev_queue", "live");
	nw_feed_fact(f, "session", "start");
	ticks(f, 10);
	assert_seen(session(f), 10, 10, 0);
	nw_feed_fact(f, "hook.dev_queue", "off: its helper is gone");
	ticks(f, 5);
	assert_seen(session(f), 15, 10, NW_GAP_HOOK);
	nw_feed_free(f);
}

/* Intervals that find no room grow together: less is said to be covered, never more. */
static void more_gaps_than_room(void **state)
{
	struct nw_feed *f = start();
	struct nw_coverage c;

	(void)state;
	for (unsigned i = 1; i <= 2400; i++) {
		nw_feed_loss(f, NW_LOSS_RING_FULL, i);
		nw_feed_tick(f, SECOND);
		ticks(f, i % 3 + 1);
		nw_feed_forget(f);
	}
	c = session(f);
	assert_int_equal(c.observed_ns, 7200 * SECOND);
	assert_true(c.full_ns < 4800 * SECOND);
	assert_true(c.full_ns > 1600 * SECOND);
	assert_int_equal(c.why, NW_GAP_LOSS);
	nw_feed_free(f);
}

NW_TESTS(state_coverage, cmocka_unit_test(a_quiet_session_is_whole),
	 cmocka_unit_test(before_the_session_nobody_looked),
	 cmocka_unit_test(a_loss_takes_its_tick), cmocka_unit_test(a_late_tick_is_a_stall),
	 cmocka_unit_test(sleep_is_no_stall), cmocka_unit_test(the_wall_clock_jumps),
	 cmocka_unit_test(a_hook_goes_off), cmocka_unit_test(more_gaps_than_room));
