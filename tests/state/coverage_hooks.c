/* SPDX-License-Identifier: Apache-2.0 */
/* Which hooks were off and when: in a session, over restarts, and when there is no room. */
#include "kept_feed.h"
#include "state/coverage.h"

#define SECOND NW_FEED_SEC
#define BEGIN  (1000 * SECOND) /* boot time of the first session */

static void ticks(struct nw_feed *f, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		nw_feed_tick(f, SECOND);
	}
}

/* "dev_queue 10-15, file_read 0-15": seconds since BEGIN, the newest first; "-" for none. */
static const char *offs(const struct nw_feed *f)
{
	static char text[1000];
	const struct nw_hook_off *off;
	size_t len = 0;

	for (unsigned i = 0; (off = nw_hook_off_at(f->state, i)) && len < sizeof(text) - 100; i++) {
		len += (size_t)sprintf(text + len, "%s%s %d-%d", i ? ", " : "",
				       nw_hook_name((unsigned)off->hook),
				       (int)((off->from_ns - (int64_t)BEGIN) / (int64_t)SECOND),
				       (int)((off->to_ns - (int64_t)BEGIN) / (int64_t)SECOND));
	}
	return len ? text : "-";
}

static bool is_off(const struct nw_feed *f, unsigned hook, uint64_t from, uint64_t to)
{
	return nw_hooks_off(f->state, BEGIN + from * SECOND, BEGIN + to * SECOND) & 1ULL << hook;
}

/* file_read is off from the start, dev_queue from 10 s to 15 s. */
static struct nw_feed *first_session(struct nw_box *box)
{
	struct nw_feed *f = nw_box_start((struct nw_restart){ .at_ns = BEGIN, .to = box });

	nw_feed_fact(f, "hook.file_read", "off: not on this kernel");
	nw_feed_fact(f, "hook.dev_queue", "live");
	nw_feed_fact(f, "hook.lib_scan", "fallback: by files");
	nw_box_session(f);
	ticks(f, 10);
	nw_feed_fact(f, "hook.dev_queue", "off: taken off");
	ticks(f, 5);
	nw_feed_fact(f, "hook.dev_queue", "live");
	ticks(f, 5);
	return f;
}

static void spans_are_of_a_hook(void **state)
{
	struct nw_box *box = test_calloc(1, sizeof(*box));
	struct nw_feed *f = first_session(box);

	(void)state;
	assert_string_equal(offs(f), "dev_queue 10-15, file_read 0-20");
	assert_true(is_off(f, NW_HOOK_DEV_QUEUE, 14, 18));
	assert_true(is_off(f, NW_HOOK_DEV_QUEUE, 5, 11));
	assert_false(is_off(f, NW_HOOK_DEV_QUEUE, 0, 10));
	assert_false(is_off(f, NW_HOOK_DEV_QUEUE, 15, 20));
	assert_true(is_off(f, NW_HOOK_FILE_READ, 0, 1));
	assert_false(is_off(f, NW_HOOK_LIB_SCAN, 0, 100));
	nw_feed_free(f);
	test_free(box);
}

/* Between two ticks: a span that begins and ends there, and one that has just begun. */
static void no_tick_is_needed(void **state)
{
	struct nw_feed *f = nw_box_start((struct nw_restart){ .at_ns = BEGIN });

	(void)state;
	nw_box_session(f);
	nw_feed_fact(f, "hook.dev_queue", "off: taken off");
	f->now_ns += 2 * SECOND;
	nw_feed_fact(f, "hook.dev_queue", "live");
	f->now_ns += SECOND;
	nw_feed_fact(f, "hook.skb_egress", "off: taken off");
	assert_string_equal(offs(f), "dev_queue 0-2");
	assert_true(is_off(f, NW_HOOK_SKB_EGRESS, 2, 100));
	nw_feed_free(f);
}

/* It goes on over a restart when it was off at its end; another hook's is kept as it was. */
static void spans_survive(void **state)
{
	struct nw_box *box = test_calloc(1, sizeof(*box));
	struct nw_feed *f = first_session(box);

	(void)state;
	f->now_ns += 2 * SECOND; /* since the last tick */
	nw_feed_fact(f, "session", "end");
	nw_feed_free(f);
	f = nw_box_start(
		(struct nw_restart){ .at_ns = BEGIN + 60 * SECOND, .from = box, .to = box });
	nw_feed_fact(f, "hook.file_read", "off: not on this kernel");
	nw_feed_fact(f, "hook.dev_queue", "live");
	nw_box_session(f);
	ticks(f, 20);
	assert_string_equal(offs(f), "dev_queue 10-15, file_read 0-80");
	nw_feed_fact(f, "session", "end");
	nw_feed_free(f);
	/* now it can, and the other not */
	f = nw_box_start((struct nw_restart){ .at_ns = BEGIN + 90 * SECOND, .from = box });
	nw_feed_fact(f, "hook.file_read", "live");
	nw_feed_fact(f, "hook.dev_queue", "off: not here");
	nw_box_session(f);
	ticks(f, 10);
	assert_string_equal(offs(f), "dev_queue 90-100, dev_queue 10-15, file_read 0-80");
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_STATE), 0);
	nw_feed_free(f);
	test_free(box);
}

static struct nw_feed *second_session(struct nw_box *box)
{
	struct nw_feed *f =
		nw_box_start((struct nw_restart){ .at_ns = BEGIN + 60 * SECOND, .from = box });

	nw_box_session(f);
	return f;
}

/* Of rows that can't be true nothing is taken, and that is counted; a hook of another version is none of
 * ours. */
static void rows_lie(void **state)
{
	struct nw_box *box = test_calloc(1, sizeof(*box));
	struct nw_feed *f = first_session(box);
	struct nw_kept *read = nw_box_row(box, "coverage", "off.0000");
	struct nw_kept *queue = nw_box_row(box, "coverage", "off.0001");

	(void)state;
	nw_feed_fact(f, "session", "end");
	nw_feed_free(f);
	read->n[1] = read->n[0]; /* ends with its begin */
	f = second_session(box);
	assert_string_equal(offs(f), "dev_queue 10-15");
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_STATE), 1);
	nw_feed_free(f);
	read->n[1] = 4000000000000000000; /* a hundred years later */
	queue->len = 3;
	f = second_session(box);
	assert_string_equal(offs(f), "-");
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_STATE), 2);
	nw_feed_free(f);
	read->n[1] = read->n[0] + (int64_t)(500 * SECOND); /* no longer than somebody looked */
	queue->len = 4;
	(void)snprintf(queue->text, sizeof(queue->text), "no_such_hook");
	f = second_session(box);
	assert_string_equal(offs(f), "file_read 0-20");
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_STATE), 0);
	nw_feed_free(f);
	/* without the row of all nobody knows of what sessions they would be */
	nw_box_row(box, "coverage", "all")->len = 1;
	f = second_session(box);
	assert_string_equal(offs(f), "-");
	nw_feed_free(f);
	test_free(box);
}

/* The closest two of one hook become one. All that were off still are. */
static void more_spans_than_room(void **state)
{
	struct nw_feed *f = nw_box_start((struct nw_restart){ .at_ns = BEGIN });
	unsigned n = 0;

	(void)state;
	nw_feed_fact(f, "hook.file_read", "off: not here");
	nw_box_session(f);
	for (unsigned i = 0; i < 500; i++) {
		ticks(f, i == 250 ? 1 : 3);
		nw_feed_fact(f, "hook.dev_queue", "off: taken off");
		ticks(f, 1);
		nw_feed_fact(f, "hook.dev_queue", "live");
		nw_feed_forget(f);
	}
	while (nw_hook_off_at(f->state, n)) {
		n++;
	}
	assert_in_range(n, 100, 200);
	for (unsigned i = 0, at = 0; i < 500; i++) {
		at += i == 250 ? 1 : 3;
		assert_true(is_off(f, NW_HOOK_DEV_QUEUE, at, at + 1));
		assert_true(is_off(f, NW_HOOK_FILE_READ, at, at + 1));
		at++;
	}
	nw_feed_free(f);
}

NW_TESTS(state_coverage_hooks, cmocka_unit_test(spans_are_of_a_hook),
	 cmocka_unit_test(no_tick_is_needed), cmocka_unit_test(spans_survive),
	 cmocka_unit_test(rows_lie), cmocka_unit_test(more_spans_than_room));
