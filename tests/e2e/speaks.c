/* SPDX-License-Identifier: Apache-2.0 */
/* For which maker a program speaks that ran before the start: by the files that it has mapped. */
#include <string.h>

#include "root/support.h"

static const char libraries[] =
	"makers:\n"
	"  - {id: hikvision, name: Hikvision, country: CN, source: a test, date: 2026-11-28}\n"
	"  - {id: throughtek, name: ThroughTek, country: TW, source: a test, date: 2026-11-28}\n"
	"  - {id: dahua, name: Dahua, country: CN, source: a test, date: 2026-11-28}\n"
	"libraries:\n"
	"  - {name: libhcnetsdk.so, maker: hikvision, source: a test, date: 2026-11-28}\n"
	"  - {name: libIOTCAPIs.so, maker: throughtek, source: a test, date: 2026-11-28}\n"
	"  - {name: libdhnetsdk.so, maker: dahua, source: a test, date: 2026-11-28}\n";

static bool is_for(struct json_object *rec, const char *maker)
{
	struct json_object *all = nw_rec_get(rec, "nvrwatch.speaks_for");

	for (size_t i = 0; all && i < json_object_array_length(all); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(all, i)), maker) == 0) {
			return true;
		}
	}
	return false;
}

static void test_before_the_start(void **state)
{
	const char *dir = nw_place_files();
	struct nw_actor *one = nw_actor_start(
		NW_PLACE_SEEN, "mapped %s/libc-2.so %s/libhcnetsdk.so.6.1 %s/libIOTCAPIs.so", dir,
		dir, dir);
	struct nw_actor *none = nw_actor_start(
		NW_PLACE_SEEN, "mapped %s/mylibhcnetsdk.so %s/libhcnetsdk.sox %s/libdhnetsdk.a",
		dir, dir, dir);
	struct nw_tool *tool;
	struct json_object *rec;

	(void)state;
	nw_actor_truth(one);
	nw_actor_truth(none);
	tool = nw_tool_trace_own("", libraries);
	rec = nw_tool_await(tool, "event.action=found process.pid=%d", one->pid);
	assert_true(is_for(rec, "hikvision"));
	assert_true(is_for(rec, "throughtek"));
	assert_false(is_for(rec, "dahua"));
	assert_non_null(nw_rec_str(rec, "nvrwatch.speaks_by"));
	rec = nw_tool_await(tool, "event.action=found process.pid=%d", none->pid);
	assert_null(nw_rec_get(rec, "nvrwatch.speaks_for"));
	assert_int_equal(nw_tool_lost(nw_tool_stopped(tool), "host"), 0);
}

NW_TESTS(e2e_speaks, NW_ROOT_TEST(test_before_the_start));
