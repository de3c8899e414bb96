/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of nvrwatch that has data of the test's own. It looks for its data beside itself, and a guest
 * has none of the tree's: so it is started from a folder that is the test's. A mount, as a link would
 * be followed to where it leads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "root/support.h"

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	nw_test_write(path, text);
}

struct nw_tool *nw_tool_trace_own(const char *oui, const char *catalogue, const char *more)
{
	static const char *const folders[] = { "", "/bin", "/data", "/data/catalogue" };
	static unsigned runs;
	char *before = getenv("NW_BIN") ? strdup(getenv("NW_BIN")) : NULL;
	struct nw_tool *tool;
	char own[128];
	char path[160];

	snprintf(own, sizeof(own), "%s/own%u", nw_place_files(), runs++);
	for (size_t i = 0; i < NW_ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s%s", own, folders[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	write_file(own, "data/oui.tsv", oui);
	write_file(own, "data/catalogue/own.yaml", catalogue);
	snprintf(path, sizeof(path), "%s/bin/nvrwatch", own);
	write_file(own, "bin/nvrwatch", "");
	assert_int_equal(mount(nw_tool_path(), path, NULL, MS_BIND, NULL), 0);
	setenv("NW_BIN", path, 1);
	tool = nw_tool_trace(more);
	if (before) {
		setenv("NW_BIN", before, 1);
	} else {
		unsetenv("NW_BIN");
	}
	free(before);
	return tool;
}
