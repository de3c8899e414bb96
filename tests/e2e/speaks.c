/* SPDX-License-Identifier: Apache-2.0 */
/* For which maker a program speaks that ran before the start: by the files that it has mapped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

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

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	nw_test_write(path, text);
}

/*
 * nvrwatch looks for its data beside itself, and a guest has none of the tree's: here it is started from
 * a folder whose catalogue is the test's own. A mount, as a link would be followed to where it leads.
 */
static struct nw_tool *trace_with_libraries(void)
{
	static const char *const folders[] = { "own", "own/bin", "own/data", "own/data/catalogue" };
	char *before = getenv("NW_BIN") ? strdup(getenv("NW_BIN")) : NULL;
	struct nw_tool *tool;
	char path[160];

	for (size_t i = 0; i < NW_ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", nw_place_files(), folders[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	write_file(nw_place_files(), "own/data/oui.tsv", "");
	write_file(nw_place_files(), "own/data/catalogue/libraries.yaml", libraries);
	snprintf(path, sizeof(path), "%s/own/bin/nvrwatch", nw_place_files());
	write_file(nw_place_files(), "own/bin/nvrwatch", "");
	assert_int_equal(mount(nw_tool_path(), path, NULL, MS_BIND, NULL), 0);
	setenv("NW_BIN", path, 1);
	tool = nw_tool_start(NULL, "trace -o json --cgroup %s", nw_place_dir(NW_PLACE_SEEN));
	if (before) {
		setenv("NW_BIN", before, 1);
	} else {
		unsetenv("NW_BIN");
	}
	free(before);
	nw_tool_await(tool, "event.dataset=nvrwatch.status event.action=start");
	return tool;
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
	tool = trace_with_libraries();
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
