/* SPDX-License-Identifier: Apache-2.0 */
/* Roots of recordings: which one a path is below, and what is said of those that are not there. */
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"

static void what_is_not_there_is_said(void **state)
{
	char tier[NW_FILES_TIER];
	struct nw_files *f;

	(void)state;
	assert_int_equal(nw_files_new(&f), 0);
	assert_int_equal(nw_files_add(f, "/nonexistent/rec"), 0);
	assert_int_equal(nw_files_add(f, "/nonexistent/rec"), 0); /* the same */
	assert_int_equal(nw_files_add(f, "/dev/null"), 0);
	assert_int_equal(nw_files_roots(f), 2);
	nw_files_tier(nw_files_root(f, 0), true, tier);
	assert_string_equal(tier, "off: No such file or directory");
	nw_files_tier(nw_files_root(f, 1), true, tier);
	assert_string_equal(tier, "off: Not a directory");
	nw_files_tier(&(struct nw_files_root){ .inode = 2 }, true, tier);
	assert_string_equal(tier, "opened, position");
	nw_files_tier(&(struct nw_files_root){ .inode = 2 }, false, tier);
	assert_string_equal(tier, "opened");
	nw_files_tier(&(struct nw_files_root){ .inode = 2, .error = -EPERM }, true, tier);
	assert_string_equal(tier, "position: Operation not permitted");
	nw_files_free(f);
	nw_files_free(NULL);
	assert_int_equal(nw_files_lost(NULL), 0);
}

static void there_is_an_end(void **state)
{
	struct nw_files *f;
	char path[32];

	(void)state;
	assert_int_equal(nw_files_new(&f), 0);
	for (unsigned i = 0; i < NW_FILE_ROOTS_MAX; i++) {
		snprintf(path, sizeof(path), "/nonexistent/%u", i);
		assert_int_equal(nw_files_add(f, path), 0);
	}
	assert_int_equal(nw_files_add(f, "/nonexistent/more"), -ENOSPC);
	assert_int_equal(nw_files_roots(f), NW_FILE_ROOTS_MAX);
	nw_files_free(f);
}

/* Names alone: the roots need not be there. */
static void below_a_root_by_whole_names(void **state)
{
	static const char *const roots[] = { "/srv/rec", "/srv/rec/gate", "/mnt" };
	static const struct {
		const char *path;
		int root;
		const char *rest;
	} t[] = {
		{ "/srv/rec/yard/1.mp4", 0, "yard/1.mp4" },
		{ "/srv/rec/gate/1.mp4", 1, "1.mp4" },
		{ "/srv/rec/gates/1.mp4", 0, "gates/1.mp4" },
		{ "/srv/recordings/1.mp4", -1, NULL },
		{ "/srv/rec", -1, NULL },
		{ "/srv/rec/", -1, NULL },
		{ "/mnt/x", 2, "x" },
		{ "/mn", -1, NULL },
		{ "", -1, NULL },
		{ "mnt/x", -1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		const char *rest = NULL;

		assert_int_equal(nw_files_below_of(roots, NW_ARRAY_SIZE(roots), t[i].path,
						   strlen(t[i].path), &rest),
				 t[i].root);
		if (t[i].rest) {
			assert_string_equal(rest, t[i].rest);
		}
	}
	{
		static const char *const all[] = { "/", "/x" };
		const char *rest = NULL;

		assert_int_equal(nw_files_below_of(all, 2, "/a/b", 4, &rest), 0);
		assert_string_equal(rest, "a/b");
		assert_int_equal(nw_files_below_of(all, 2, "/x/b", 4, &rest), 1);
	}
}

NW_TESTS(user_files, cmocka_unit_test(what_is_not_there_is_said), cmocka_unit_test(there_is_an_end),
	 cmocka_unit_test(below_a_root_by_whole_names));
