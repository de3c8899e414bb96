/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of paths: what fits, what leads there, whose homes count, and what is no pattern. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "spots.h"

static char root[64];

static void put(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	nw_test_write(path, text);
}

static void make(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static int set_up(void **state)
{
	char path[128], to[128];

	(void)state;
	snprintf(root, sizeof(root), "/tmp/nw-spots-XXXXXX");
	assert_non_null(mkdtemp(root));
	make("etc");
	make("root");
	make("data");
	make("data/ann");
	make("bob");
	put("etc/shells", "# which\n/bin/sh # plain\n");
	put("etc/passwd", "root:x:0:0::/root:/odd/shell\nann:x:1:1::/home/ann:/bin/sh\n"
			  "bob:x:2:2::/bob:/usr/sbin/nologin\ncy:x:3:3::/nowhere:/bin/sh\n"
			  "again:x:4:4::/root:/bin/sh\nrel:x:5:5::bob:/bin/sh\n");
	snprintf(path, sizeof(path), "%s/home", root);
	snprintf(to, sizeof(to), "%s/data", root);
	assert_int_equal(symlink(to, path), 0);
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "etc/shells", "etc/passwd", "home", "etc", "root",
					     "data/ann",   "data",	 "bob",	 "" };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(names); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		remove(path);
	}
	return 0;
}

static struct nw_spots *spots_of(const char *at)
{
	struct nw_spots *s;

	assert_int_equal(nw_spots_new(at, &s), 0);
	return s;
}

static void what_fits(void **state)
{
	static const struct {
		const char *path;
		const char *kind; /* NULL: none */
		enum nw_spots_folder folder;
	} rows[] = {
		{ "/nw/cron.d/x", "one", NW_SPOTS_NOTHING },
		{ "/nw/cron.daily/x", "one", NW_SPOTS_NOTHING },
		{ "/nw/cron./x", "one", NW_SPOTS_NOTHING },
		{ "/nw/cron.d", NULL, NW_SPOTS_FILES },
		{ "/nw/cron.d/x/y", NULL, NW_SPOTS_NOTHING },
		{ "/nw/cron", NULL, NW_SPOTS_NOTHING },
		{ "/nw", NULL, NW_SPOTS_FILES }, /* of the plain file */
		{ "", NULL, NW_SPOTS_WAY },
		{ "/", NULL, NW_SPOTS_WAY },
		{ "/nw/deep", NULL, NW_SPOTS_FILES },
		{ "/nw/deep/a", "deep", NW_SPOTS_FILES },
		{ "/nw/deep/a/b/c/d/e", "deep", NW_SPOTS_FILES },
		{ "/nw/deeper/a", NULL, NW_SPOTS_NOTHING },
		{ "/nw/plain", "again", NW_SPOTS_NOTHING },
		{ "/nw/plain2", NULL, NW_SPOTS_NOTHING },
		{ "/nw/plai", NULL, NW_SPOTS_NOTHING },
		{ "/nw/if-up.d/x", "mid", NW_SPOTS_NOTHING },
		{ "/nw/if-.d", NULL, NW_SPOTS_FILES },
		{ "/nw/a/b/z", "way", NW_SPOTS_NOTHING },
		{ "/nw/a", NULL, NW_SPOTS_WAY },
		{ "/else", NULL, NW_SPOTS_NOTHING },
	};
	struct nw_spots *s = spots_of("/");

	(void)state;
	assert_int_equal(nw_spots_add(s, "/nw/cron.*/*", "one", ""), 0);
	assert_int_equal(nw_spots_add(s, "/nw/deep/**", "deep", ""), 0);
	assert_int_equal(nw_spots_add(s, "/nw/plain", "plain", ""), 0);
	assert_int_equal(nw_spots_add(s, "/nw/plain", "again", ""), 0);
	assert_int_equal(nw_spots_add(s, "/nw/if-*.d/*", "mid", ""), 0);
	assert_int_equal(nw_spots_add(s, "/nw/*/b/z", "way", ""), 0);
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		const struct nw_spot *spot = nw_spots_of(s, rows[i].path);
		enum nw_spots_folder folder = nw_spots_folder(s, rows[i].path);

		if (strcmp(spot ? spot->kind : "", rows[i].kind ? rows[i].kind : "") != 0 ||
		    (folder != rows[i].folder &&
		     !(folder == NW_SPOTS_WAY && rows[i].folder == NW_SPOTS_NOTHING))) {
			fail_msg("%s: %s, %d", rows[i].path, spot ? spot->kind : "none", folder);
		}
	}
	nw_spots_free(s);
}

/* Of everybody who can log in, where it really is; nobody's twice. */
static void whose_homes(void **state)
{
	struct nw_spots *s = spots_of(root);
	char path[160];

	(void)state;
	assert_int_equal(nw_spots_add(s, "~/.ssh/k", "key", "T1098.004"), 0);
	assert_int_equal(nw_spots_count(s), 2);
	snprintf(path, sizeof(path), "%s/root/.ssh/k", root);
	assert_non_null(nw_spots_of(s, path));
	snprintf(path, sizeof(path), "%s/data/ann/.ssh/k", root);
	assert_string_equal(nw_spots_of(s, path)->technique, "T1098.004");
	snprintf(path, sizeof(path), "%s/bob/.ssh/k", root);
	assert_null(nw_spots_of(s, path));
	/* what leads there is resolved, as far as it is there */
	assert_int_equal(nw_spots_add(s, "/home/none/x/*", "far", ""), 0);
	snprintf(path, sizeof(path), "%s/data/none/x/y", root);
	assert_non_null(nw_spots_of(s, path));
	nw_spots_free(s);
}

static void what_is_none(void **state)
{
	static const char *const bad[] = { "",	      "x",	"~",	   "~x/y",   "/x/",   "//x",
					   "/x/../y", "/x/./y", "/x/**/y", "/x/y**", "/x/**z" };
	struct nw_spots *s = spots_of("/");

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		if (!nw_spots_wrong(bad[i]) || nw_spots_add(s, bad[i], "x", "") == 0) {
			fail_msg("'%s' is taken", bad[i]);
		}
	}
	assert_int_equal(nw_spots_count(s), 0);
	nw_spots_free(s);
	assert_int_equal(nw_spots_new("/nowhere/at/all", &s), -ENOENT);
	assert_true(nw_spots_is_technique("T1543.002"));
	assert_false(nw_spots_is_technique("T"));
	assert_false(nw_spots_is_technique("X1"));
	assert_false(nw_spots_is_technique("T1 x"));
}

static void too_many(void **state)
{
	struct nw_spots *s = spots_of("/");
	char path[64];

	(void)state;
	for (unsigned i = 0; i < NW_SPOTS_MAX; i++) {
		snprintf(path, sizeof(path), "/nowhere/%u", i);
		assert_int_equal(nw_spots_add(s, path, "x", ""), 0);
	}
	assert_int_equal(nw_spots_add(s, "/nowhere/more", "x", ""), -ENOSPC);
	nw_spots_free(s);
}

/* One star after the other must not cost a life's time. */
static void stars(void **state)
{
	struct nw_spots *s = spots_of("/");
	char pattern[200] = "/", name[256] = "/";

	(void)state;
	for (unsigned i = 1; i < 180; i += 2) {
		memcpy(pattern + i, "*a", 3);
	}
	strcat(pattern, "b");
	memset(name + 1, 'a', 250);
	assert_int_equal(nw_spots_add(s, pattern, "x", ""), 0);
	assert_null(nw_spots_of(s, name));
	nw_spots_free(s);
}

NW_TESTS(user_spots, cmocka_unit_test(what_fits),
	 cmocka_unit_test_setup_teardown(whose_homes, set_up, tear_down),
	 cmocka_unit_test(what_is_none), cmocka_unit_test(too_many), cmocka_unit_test(stars));
