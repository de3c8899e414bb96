/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a declared recorder starts, with real programs: the truth program stands for the recorder. It
 * is new, so what is told is information.
 */
#include <stdio.h>
#include <string.h>

#include "root/support.h"

#define FOUND "event.dataset=nvrwatch.finding rule.id=unexpected-child "

static void test_a_shell(void **state)
{
	struct nw_actor *far, *seen;
	struct nw_tool *t;
	struct json_object *rec;
	char dir[512], yaml[640];
	uint64_t shell;
	int netns;

	(void)state;
	snprintf(dir, sizeof(dir), "%s", nw_tool_path());
	*strrchr(dir, '/') = '\0';
	snprintf(yaml, sizeof(yaml), "recorders: [{name: nvr, exe: [\"%s/tests/truth/\"]}]\n", dir);
	t = nw_tool_trace_with(yaml, "");
	far = nw_actor_start(NW_PLACE_FAR, "shell newnet listen 127.0.0.1 operate");
	netns = (int)nw_rec_u64(nw_actor_truth(far), "pid");
	seen = nw_actor_start(NW_PLACE_SEEN, "shell enter %d pipes 127.0.0.1 %u", netns,
			      nw_actor_port(far));
	shell = nw_rec_u64(nw_actor_truth(seen), "shell");
	rec = nw_tool_await(t, FOUND "process.pid=%ju event.action=opened", (uintmax_t)shell);
	assert_int_equal(nw_rec_u64(rec, "event.risk_score"), 30);
	nw_rec_check(rec, "nvrwatch.finding.evidence.class=shell "
			  "nvrwatch.finding.evidence.baseline=provisional "
			  "nvrwatch.finding.outcome=cannot_tell");
	nw_actor_truth(far);
	nw_actor_say(far, "exit");
	nw_actor_done(far);
	(void)nw_actor_end(seen);
	/* what the shell ran, ip(8), is neither */
	assert_int_equal(nw_tool_count(t, FOUND), 1);
}

NW_TESTS_OF_ANY_KERNEL(e2e_unexpected_child, NW_ROOT_TEST(test_a_shell));
