/* SPDX-License-Identifier: Apache-2.0 */
/* findings: the table, one of them whole, and only some indicators; from a recording with losses. */
#include <string.h>
#include <sys/wait.h>

#include "config.h"
#include "recording.h"

#include "root/support.h"

#define SECOND NW_NSEC_PER_SEC

static void add_tick(struct nw_recorder_file *r, uint64_t second)
{
	struct nw_ev_tick e = { .ev = { .size = sizeof(e),
					.hook = NW_HOOK_HOST,
					.shape = NW_SHAPE_TICK,
					.ts_ns = second * SECOND },
				.wall_ns = (1700000000 + second) * SECOND,
				.period_ns = SECOND,
				.mono_ns = second * SECOND };

	nw_recording_add(r, &e.ev);
	nw_recording_flush(r, e.ev.ts_ns, false);
}

/* Two causes of loss: one that matters, from the 11th second on, and one that hardly does. */
static const char *make_recording(void)
{
	static char path[128]; /* made once */
	struct nw_ev_loss e = {
		.ev = { .size = sizeof(e), .hook = NW_HOOK_HOST, .shape = NW_SHAPE_LOSS }
	};
	struct nw_recorder_file *r = NULL;
	struct nw_config *c = NULL;

	if (*path) {
		return path;
	}
	snprintf(path, sizeof(path), "%s/losses.nwr", nw_place_files());
	assert_int_equal(nw_config_parse("test", "", 0, &c), 0);
	assert_int_equal(nw_recording_start(nw_recording_create(path), c, SECOND, &r), 0);
	for (unsigned s = 1; s <= 20; s++) {
		add_tick(r, s);
		if (s == 10) {
			e.ev.ts_ns = s * SECOND + 1;
			e.total[NW_LOSS_HEAD] = 5;
			e.total[NW_LOSS_UNMEASURED] = 1234;
			nw_recording_add(r, &e.ev);
		}
	}
	assert_int_equal(nw_recording_end(r), 0);
	nw_config_free(c);
	return path;
}

static struct nw_tool *findings(const char *more)
{
	struct nw_tool *t = nw_tool_start(NULL, "findings --file %s%s", make_recording(), more);

	assert_int_equal(nw_tool_end(t), 0);
	return t;
}

static void test_table(void **state)
{
	struct nw_tool *t = findings("");
	const char *grave;
	const char *light;

	(void)state;
	grave = strstr(t->out.text, "   60  blind-spot");
	light = strstr(t->out.text, "   10  blind-spot");
	if (!grave || !light || grave > light) {
		nw_tool_fail(t, "two findings, the graver one first");
	}
}

static void test_one_whole(void **state)
{
	struct nw_tool *t;
	bool has = false;

	(void)state;
	for (unsigned n = 1; n <= 2; n++) { /* their numbers are in the order of the causes */
		t = findings(n == 1 ? " 1" : " 2");
		has = has ||
		      (nw_lines_has(&t->out, "unmeasured") && nw_lines_has(&t->out, "1234") &&
		       nw_lines_has(&t->out, "known ways to be wrong") &&
		       nw_lines_has(&t->out, "2023-11-1"));
	}
	assert_true(has);
	t = findings(" 3");
	assert_true(nw_lines_has(&t->out, "there are 2"));
}

static void test_json(void **state)
{
	struct nw_tool *t = findings(" -o json --indicators blind-spot");

	(void)state;
	assert_int_equal(nw_tool_count(t, "rule.id=blind-spot"), 2);
	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.finding"), t->recs_len);
}

static void test_wrong(void **state)
{
	struct nw_tool *t = nw_tool_start(NULL, "findings --indicators blind-sport");

	(void)state;
	assert_int_equal(WEXITSTATUS(nw_tool_end(t)), 2);
	t = nw_tool_start(NULL, "findings zero");
	assert_int_equal(WEXITSTATUS(nw_tool_end(t)), 2);
}

NW_TESTS_OF_ANY_KERNEL(e2e_findings, NW_ROOT_TEST(test_table), NW_ROOT_TEST(test_one_whole),
		       NW_ROOT_TEST(test_json), NW_ROOT_TEST(test_wrong));
