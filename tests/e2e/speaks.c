/* SPDX-License-Identifier: Apache-2.0 */
/* For which maker a program speaks, and where that is told, whenever it was started. */
#include "root/libraries.h"

static void test_before_the_start(void **state)
{
	const char *dir = nw_place_files();
	struct nw_actor *one = nw_actor_start(
		NW_PLACE_SEEN,
		"mapped file %s/libc-2.so file %s/libhcnetsdk.so.6.1 file %s/libIOTCAPIs.so ready "
		"wait",
		dir, dir, dir);
	struct nw_tool *tool;
	struct json_object *rec;

	(void)state;
	nw_actor_truth(one);
	tool = nw_tool_trace_libraries("");
	rec = nw_await_speaks(tool, one->pid, "hikvision");
	rec = nw_rec_speaks_for(rec, "throughtek") ? rec
						   : nw_await_speaks(tool, one->pid, "throughtek");
	assert_true(nw_rec_speaks_for(rec, "hikvision"));
	assert_false(nw_rec_speaks_for(rec, "dahua"));
	assert_non_null(nw_rec_str(rec, "nvrwatch.speaks_by"));
	assert_int_equal(nw_tool_lost(nw_tool_stopped(tool), "host"), 0);
}

/* What it does then is told as done by one that speaks for the maker. */
static void test_what_it_does(void **state)
{
	struct nw_tool *tool = nw_tool_trace_libraries("");
	struct nw_actor *a = nw_actor_start(
		NW_PLACE_SEEN, "mapped file %s/libdhnetsdk.so ready wait", nw_place_files());
	struct json_object *rec;

	(void)state;
	nw_await_speaks(tool, a->pid, "dahua");
	nw_actor_say(a, "");
	nw_actor_done(a);
	rec = nw_tool_await(tool, "event.action=exit process.pid=%d", a->pid);
	assert_true(nw_rec_speaks_for(rec, "dahua"));
	assert_string_equal(nw_rec_str(rec, "nvrwatch.speaks_by"), "libdhnetsdk.so");
}

NW_TESTS(e2e_speaks, NW_ROOT_TEST(test_before_the_start), NW_ROOT_TEST(test_what_it_does));
