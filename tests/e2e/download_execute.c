/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that no file keeps, run by a real kernel; and the same program from its file. */
#include "root/support.h"

#define FOUND "event.dataset=nvrwatch.finding rule.id=download-execute "

static void run(const char *mode)
{
	struct nw_actor *a;

	nw_session();
	a = nw_actor_start(NW_PLACE_SEEN, "exec %s", mode);
	nw_actor_truth(a);
	nw_actor_say(a, "go");
	(void)nw_actor_end(a);
	nw_tool_await(nw_session()->tool,
		      "event.dataset=nvrwatch.process event.action=exit process.pid=%d", a->pid);
	if (*mode == 's') { /* script */
		assert_int_equal(nw_tool_count(nw_session()->tool, FOUND "process.pid=%d", a->pid),
				 0);
		return;
	}
	nw_tool_await(nw_session()->tool, FOUND "process.pid=%d nvrwatch.finding.evidence.kind=%s",
		      a->pid, *mode == 'm' ? "memory" : "deleted");
}

static void test_no_file(void **state)
{
	(void)state;
	run("memfd");
	run("deleted");
	run("script");
}

NW_TESTS(e2e_download_execute, NW_ROOT_TEST(test_no_file));
