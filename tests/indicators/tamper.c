/* SPDX-License-Identifier: Apache-2.0 */
/* tamper: what touches the tool itself, against suspends, slow machines and clocks that are put right. */
#include "feed.h"

#define SEC NW_FEED_SEC

static struct nw_feed *start_at(uint64_t boot_ns)
{
	struct nw_feed *f = nw_feed_new("", 3600 * SEC);

	f->now_ns = boot_ns;
	nw_feed_pick(f, "tamper");
	nw_feed_fact(f, "tool.pid", "77");
	nw_feed_fact(f, "hook.dev_queue", "live");
	nw_feed_fact(f, "hook.skb_egress", "off: refused");
	nw_feed_fact(f, "session", "start");
	nw_feed_tick(f, SEC);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 100, .exe = "/bin/x" });
	return f;
}

static struct nw_feed *start(void)
{
	return start_at(NW_FEED_START);
}

static void ticks(struct nw_feed *f, unsigned seconds, struct nw_feed_time t)
{
	for (unsigned i = 0; i < seconds; i++) {
		t.after_ns = t.period_ns = SEC;
		nw_feed_clock(f, t);
	}
}

static uint8_t best(struct nw_feed *f)
{
	uint8_t score = 0;

	for (unsigned i = 0; i < f->told_count; i++) {
		const struct nw_told *t = &f->told[i];

		if (t->dataset == NW_DATASET_FINDING && t->finding.action != NW_FINDING_CLOSED) {
			score = NW_MAX(score, t->finding.score);
		}
	}
	return score;
}

/* ---- the process stands still ---- */

static void events_between(struct nw_feed *f, uint64_t from, uint64_t to, unsigned events)
{
	for (unsigned i = 0; i < events; i++) {
		f->now_ns = from + (to - from) * (2 * i + 1) / (2ULL * events);
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = 1000 + i, .exe = "/bin/y" });
	}
}

/* So long no tick comes; events of the time come behind the next one, or in front of it, so many, evenly. */
static uint8_t stall_of(uint64_t ns, unsigned events, uint64_t asleep_ns, bool in_front)
{
	struct nw_feed *f = start();
	uint64_t from, to;
	uint8_t score;

	ticks(f, 700, (struct nw_feed_time){ 0 });
	from = f->now_ns;
	to = from + ns;
	events_between(f, from, to, in_front ? events : 0);
	f->now_ns = from;
	nw_feed_clock(f, (struct nw_feed_time){
				 .after_ns = ns, .period_ns = SEC, .asleep_ns = asleep_ns });
	events_between(f, from, to, in_front ? 0 : events);
	f->now_ns = to;
	ticks(f, 3, (struct nw_feed_time){ .asleep_ns = asleep_ns });
	score = best(f);
	nw_feed_free(f);
	return score;
}

static uint8_t stall(uint64_t ns, unsigned events, uint64_t asleep_ns)
{
	uint8_t score = stall_of(ns, events, asleep_ns, false);

	assert_int_equal(stall_of(ns, events, asleep_ns, true), score);
	return score;
}

static void who_stands_still_while_the_host_runs_was_stopped(void **state)
{
	(void)state;
	assert_int_equal(stall(60 * SEC, 30, 0), 60);
	assert_int_equal(stall(60 * SEC, 4, 0), 60);
	assert_int_equal(stall(20 * SEC, 30, 0), 45);
	/* slow machines, paused ones, suspended ones */
	assert_int_equal(stall(10 * SEC, 30, 0), 0);
	assert_int_equal(stall(60 * SEC, 0, 0), 20);
	assert_int_equal(stall(60 * SEC, 3, 0), 20);
	assert_int_equal(stall(3600 * SEC, 30, 3595 * SEC), 0);
	assert_int_equal(stall(3600 * SEC, 30, 3000 * SEC), 60);
}

/* ---- the clock ---- */

struct step {
	const char *what;
	int64_t first_ms, second_ms; /* how far it is off then, in all */
	unsigned between_s;
	uint64_t boot_s; /* so long after the boot */
	uint8_t score;
};

static const struct step steps[] = {
	{ "NTP steps by a little", 900, 900, 10, 5000, 0 },
	{ "… back", -900, -900, 10, 5000, 0 },
	{ "NTP steps by some", 5000, 5000, 10, 5000, 20 },
	{ "no battery: the first time at boot", 86400000, 86400000, 10, 100, 20 },
	{ "set back by an hour", -3600000, -3600000, 10, 5000, 60 },
	{ "set forward by an hour", 3600000, 3600000, 10, 5000, 45 },
	{ "set back and put right", -3600000, 0, 600, 5000, 75 },
	{ "set forward and put right", 3600000, 0, 600, 5000, 75 },
	{ "… the next day", 3600000, 0, 7200, 5000, 60 },
	{ "by years", -315360000000, -315360000000, 10, 5000, 60 },
};

static void the_clock_is_set(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(steps); i++) {
		struct nw_feed *f = start_at(steps[i].boot_s * SEC);

		ticks(f, 3, (struct nw_feed_time){ 0 });
		ticks(f, steps[i].between_s,
		      (struct nw_feed_time){ .wall_off_ns = steps[i].first_ms * 1000000 });
		ticks(f, 3, (struct nw_feed_time){ .wall_off_ns = steps[i].second_ms * 1000000 });
		if (best(f) != steps[i].score) {
			print_message("%s: score %u\n", steps[i].what, best(f));
			wrong++;
		}
		nw_feed_free(f);
	}
	assert_int_equal(wrong, 0);
}

/* After a night of sleep the clock is put right, too. */
static void a_clock_is_put_right_after_sleep(void **state)
{
	struct nw_feed *f = start();
	struct nw_feed_time t = { .after_ns = 3600 * SEC,
				  .period_ns = SEC,
				  .asleep_ns = 3599 * SEC };

	(void)state;
	ticks(f, 700, (struct nw_feed_time){ 0 });
	nw_feed_clock(f, t);
	ticks(f, 30, t);
	t.wall_off_ns = -120 * (int64_t)SEC;
	ticks(f, 3, t);
	assert_int_equal(best(f), 20);
	nw_feed_free(f);
}

/* ---- hooks, counters, own traffic ---- */

static void a_hook_that_goes_off(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	ticks(f, 10, (struct nw_feed_time){ 0 });
	nw_feed_fact(f, "hook.skb_egress", "off: refused"); /* it never ran */
	nw_feed_fact(f, "hook.of_another_release_with_a_name_beyond_all_bounds", "live");
	nw_feed_fact(f, "hook.of_another_release_with_a_name_beyond_all_bounds", "off");
	nw_feed_fact(f, "hook.dev_queue", "fallback");
	assert_int_equal(best(f), 0);
	nw_feed_fact(f, "hook.dev_queue", "off: its helper is gone");
	assert_int_equal(best(f), 70);
	assert_string_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.evidence[1].text,
			    "dev_queue");
	nw_feed_fact(f, "hook.dev_queue", "off: its helper is gone");
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 1);
	ticks(f, 400, (struct nw_feed_time){ 0 });
	assert_int_equal(nw_feed_told(f, NW_DATASET_FINDING, 1)->finding.action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

static void a_hook_that_fails_at_the_start_or_is_taken_down(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "hook.dev_queue", "off: its helper can't start");
	ticks(f, 10, (struct nw_feed_time){ 0 });
	nw_feed_fact(f, "hook.dev_queue", "live");
	nw_feed_fact(f, "session", "end");
	nw_feed_fact(f, "hook.dev_queue", "off");
	assert_int_equal(best(f), 0);
	nw_feed_free(f);
}

static void a_hook_that_is_taken_off(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "hook.skb_egress", NW_HOOK_TAKEN_OFF); /* it never ran */
	assert_int_equal(best(f), 0);
	nw_feed_fact(f, "hook.skb_ingress", "live");
	nw_feed_fact(f, "hook.skb_ingress", NW_HOOK_TAKEN_OFF);
	assert_int_equal(best(f), 80);
	nw_feed_free(f);
}

/* An entry born later than the flow's, of a flow that goes on. Not: counts that go back a little, and a flow
 * that ended and came again. */
static void a_socket_that_is_taken_out(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 9, 100);

	(void)state;
	e.birth_ns = f->now_ns;
	nw_feed_bytes(&e, 1000, 0);
	nw_feed_event(f, &e.ev);
	nw_feed_bytes(&e, 990, 0);
	nw_feed_event(f, &e.ev);
	e.ev.what = NW_SOCK_CLOSE;
	nw_feed_event(f, &e.ev);
	e = nw_feed_sock(f, NW_SOCK_BIN, 9, 100);
	e.birth_ns = f->now_ns + 1;
	nw_feed_bytes(&e, 10, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(best(f), 0);
	e.birth_ns++;
	nw_feed_event(f, &e.ev);
	assert_int_equal(best(f), 80);
	assert_string_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.evidence[0].text,
			    "ledger");
	nw_feed_free(f);
}

static void a_counter_that_goes_back(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_loss(f, NW_LOSS_RING_FULL, 12);
	nw_feed_loss(f, NW_LOSS_RING_FULL, 12);
	nw_feed_loss(f, NW_LOSS_STORAGE, 12);
	assert_int_equal(best(f), 0);
	nw_feed_loss(f, NW_LOSS_RING_FULL, 11);
	assert_int_equal(best(f), 80);
	nw_feed_free(f);
}

/* Of the start too: a table that can't be frozen is told before the session's start is. */
static void what_was_written_to(void **state)
{
	static const char *const what[] = { "ring", "asked", "table", "link" };
	struct nw_feed *f = nw_feed_new("", 3600 * SEC);

	(void)state;
	nw_feed_pick(f, "tamper");
	nw_feed_fact(f, "touched.of another release", "by somebody else");
	nw_feed_fact(f, "touched.", "by somebody else");
	nw_feed_fact(f, "touche", "by somebody else");
	nw_feed_fact(f, "touched.with_a_name_that_goes_on_beyond_all_bounds", "by somebody else");
	assert_int_equal(best(f), 0);
	for (unsigned i = 0; i < NW_ARRAY_SIZE(what); i++) {
		const struct nw_finding *told;
		char key[32];

		(void)snprintf(key, sizeof(key), NW_FACT_TOUCHED "%s", what[i]);
		nw_feed_fact(f, key, "by somebody else");
		nw_feed_fact(f, key, "by somebody else");
		assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), i + 1);
		told = &nw_feed_told(f, NW_DATASET_FINDING, i)->finding;
		assert_int_equal(told->score, 80);
		assert_string_equal(told->evidence[0].text, "memory");
		assert_string_equal(told->evidence[1].text, what[i]);
	}
	nw_feed_free(f);
}

static void its_own_traffic(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 9, 100);

	(void)state;
	nw_feed_bytes(&e, 1000, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(best(f), 0);
	e = nw_feed_sock(f, NW_SOCK_BIN, 10, 77);
	nw_feed_bytes(&e, 1000, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(best(f), 80);
	ticks(f, 400, (struct nw_feed_time){ 0 }); /* that one is closed */
	nw_feed_forget(f);
	nw_feed_fact(f, "tool.probe.13", "eth0"); /* it was told to ask for cameras */
	e = nw_feed_sock(f, NW_SOCK_BIN, 13, 77);
	nw_feed_bytes(&e, 700, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(best(f), 0);
	e = nw_feed_sock(f, NW_SOCK_BIN, 14, 77); /* and not with this */
	nw_feed_bytes(&e, 700, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(best(f), 80);
	ticks(f, 400, (struct nw_feed_time){ 0 });
	nw_feed_forget(f);
	nw_feed_fact(f, "tool.pid", "elsewhere");
	e = nw_feed_sock(f, NW_SOCK_BIN, 11, 77);
	nw_feed_bytes(&e, 1000, 0);
	nw_feed_event(f, &e.ev);
	e = nw_feed_sock(f, NW_SOCK_BIN, 12, 0); /* nobody's */
	nw_feed_bytes(&e, 1000, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(best(f), 0);
	nw_feed_free(f);
}

static void hostile_figures(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_tick e = { .period_ns = UINT64_MAX, .wall_ns = UINT64_MAX };

	(void)state;
	for (unsigned i = 0; i < 100; i++) { /* clocks that leap about, and no time between ticks */
		e.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_TICK, 0);
		e.wall_ns = i % 2 ? 0 : 1ULL << 63;
		e.mono_ns = i % 3 ? UINT64_MAX : i;
		nw_feed_event(f, &e.ev);
		f->now_ns += i % 5 ? 0 : 100 * SEC;
	}
	nw_feed_free(f);
}

NW_TESTS(indicators_tamper, cmocka_unit_test(who_stands_still_while_the_host_runs_was_stopped),
	 cmocka_unit_test(the_clock_is_set), cmocka_unit_test(a_clock_is_put_right_after_sleep),
	 cmocka_unit_test(a_hook_that_goes_off),
	 cmocka_unit_test(a_hook_that_fails_at_the_start_or_is_taken_down),
	 cmocka_unit_test(a_hook_that_is_taken_off), cmocka_unit_test(a_socket_that_is_taken_out),
	 cmocka_unit_test(a_counter_that_goes_back), cmocka_unit_test(its_own_traffic),
	 cmocka_unit_test(what_was_written_to), cmocka_unit_test(hostile_figures));
