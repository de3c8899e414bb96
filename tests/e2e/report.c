/* SPDX-License-Identifier: Apache-2.0 */
/* report: six questions about a recording and about this host, as Markdown and as JSON. */
#include <string.h>

#include "root/support.h"

static const char *const questions[] = { "How many cameras",   "watch live",
					 "watch afterwards",   "back door",
					 "closed in software", "be trusted" };

static void test_markdown(void **state)
{
	const struct nw_tool *live;
	struct nw_tool *t = nw_tool_start(NULL, "report --file %s", nw_session_recording(&live));

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	for (size_t i = 0; i < NW_ARRAY_SIZE(questions); i++) {
		if (!nw_lines_has(&t->out, questions[i])) {
			nw_tool_fail(t, "no question '%s'", questions[i]);
		}
	}
	assert_true(nw_lines_has(&t->out, "Cannot be told"));
	assert_false(nw_lines_has(&t->out, "observed, 0.0 s of them whole"));
}

static void test_json(void **state)
{
	struct nw_tool *t = nw_tool_start(NULL, "report -o json --duration 1s --cgroup %s",
					  nw_place_dir(NW_PLACE_SEEN));

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	for (size_t i = 0; i < NW_ARRAY_SIZE(questions); i++) {
		assert_true(nw_lines_has(&t->out, questions[i]));
	}
	assert_true(nw_lines_has(&t->out, "\"observed_seconds\":"));
}

NW_TESTS_OF_ANY_KERNEL(e2e_report, NW_ROOT_TEST(test_markdown), NW_ROOT_TEST(test_json));
