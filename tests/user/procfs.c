/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/PID files, whose text another process chose in part. Each text is read from a block of its
 * own size, so that a sanitizer sees a read behind the end.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "procfs.h"

#define BEHIND " S 41 42 43 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 200 0\n"

static char *block_of(const char *text, size_t len)
{
	char *block = malloc(len ? len : 1);

	assert_non_null(block);
	memcpy(block, text, len);
	return block;
}

static bool read_stat(const char *text, size_t len, struct nw_procfs_stat *ret)
{
	char *block = block_of(text, len);
	bool is_one = nw_procfs_stat(block, len, ret);

	free(block);
	return is_one;
}

static bool read_ids(const char *text, size_t len, uint32_t *ret_uid, uint32_t *ret_gid)
{
	char *block = block_of(text, len);
	bool is_one = nw_procfs_ids(block, len, ret_uid, ret_gid);

	free(block);
	return is_one;
}

static void a_name_may_hold_anything(void **state)
{
	static const char *const names[] = {
		"bash",	   "a b c",	      "(", ")", "()", ") S 1 2 3 4", "\n", "two\nlines", "",
		"a) R (b", "fifteen letters",
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(names); i++) {
		struct nw_procfs_stat s;
		char text[256];
		int len = snprintf(text, sizeof(text), "1234 (%s)" BEHIND, names[i]);

		assert_true(read_stat(text, (size_t)len, &s));
		assert_string_equal(s.comm, names[i]);
		assert_int_equal(s.ppid, 41);
		assert_int_equal(s.session, 43);
		assert_int_equal(s.start_ticks, 98765);
	}
}

/* Kernel threads have names that are longer. */
static void a_long_name_is_cut(void **state)
{
	static const char text[] = "7 (kworker/u16:1-events_unbound)" BEHIND;
	struct nw_procfs_stat s;

	(void)state;
	assert_true(read_stat(text, sizeof(text) - 1, &s));
	assert_string_equal(s.comm, "kworker/u16:1-e");
}

static void a_stat_that_is_cut_is_none(void **state)
{
	static const char text[] = "1234 (x)" BEHIND;
	const size_t field = (size_t)(strstr(text, "98765") - text);
	struct nw_procfs_stat s;

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		memset(&s, 0xee, sizeof(s));
		if (len <= field + 5) { /* also one whose last number may go on */
			assert_false(read_stat(text, len, &s));
			assert_int_equal(s.ppid, 0xeeeeeeee); /* nothing was written */
		} else {
			assert_true(read_stat(text, len, &s));
			assert_int_equal(s.start_ticks, 98765);
		}
	}
}

static void a_stat_with_bad_numbers_is_none(void **state)
{
	static const char *const bad[] = {
		"1 (x) S -1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000\n",
		"1 (x) S 4294967296 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000\n",
		"1 (x) S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 18446744073709551616 1000\n",
		"1 (x) S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 x 1000\n",
		"1 (x) S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 -5 1000\n",
		"1 x S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000\n",
		"1 )x( S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000\n",
		"(",
		")",
		"()",
		"() S",
		"() S ",
		"",
	};
	static const char most[] =
		"1 (x) S 4294967295 2 3 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 18446744073709551615 1\n";
	struct nw_procfs_stat s;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		assert_false(read_stat(bad[i], strlen(bad[i]), &s));
	}
	assert_true(read_stat(most, strlen(most), &s));
	assert_int_equal(s.ppid, UINT32_MAX);
	assert_int_equal(s.session, 3);
	assert_int_equal(s.start_ticks, UINT64_MAX);
}

static void ids_are_the_real_ones(void **state)
{
	static const char text[] =
		"Name:\tx\nUmask:\t0022\nUid:\t998\t0\t0\t0\nGid:\t997\t1\t1\t1\n";
	/* the kernel escapes a newline in a name: the beginning of a line is the kernel's */
	static const char named[] = "Name:\tUid:\t0\nUid:\t5\nGid:\t6";
	uint32_t uid;
	uint32_t gid;

	(void)state;
	assert_true(read_ids(text, sizeof(text) - 1, &uid, &gid));
	assert_int_equal(uid, 998);
	assert_int_equal(gid, 997);
	assert_true(read_ids(named, sizeof(named) - 1, &uid, &gid));
	assert_int_equal(uid, 5);
	assert_int_equal(gid, 6);
}

static void ids_that_are_none_change_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"Uid:\t",
		"Uid:\t1\n",
		"Gid:\t1\n",
		"Uid:\t4294967296\nGid:\t1\n",
		"Uid:\t1\nGid:\t99999999999999999999999\n",
		"Uid:\t-1\nGid:\t1\n",
		"Uid: 1\nGid: 1\n",
		" Uid:\t1\n Gid:\t1\n",
		"Uid:\t1\nGid:\t",
	};
	uint32_t uid = 77;
	uint32_t gid = 78;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		assert_false(read_ids(bad[i], strlen(bad[i]), &uid, &gid));
		assert_int_equal(uid, 77);
		assert_int_equal(gid, 78);
	}
}

static void the_v2_line_is_the_cgroup(void **state)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		{ "0::/\n", "/" },
		{ "0::/nvr.slice/x.service\n", "/nvr.slice/x.service" },
		{ "0::/no.end", "/no.end" },
		{ "0::", "" },
		{ "0::\n", "" },
		{ "12:pids:/old\n1:name=systemd:/old\n0::/new\n", "/new" },
		{ "10::/wrong\n0::/a b:c\n", "/a b:c" },
		{ "", NULL },
		{ "0:", NULL },
		{ "1:cpu:/x\n", NULL },
		{ "1:cpu:/x\n0:", NULL },
		{ "1:name=0::/x\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		size_t len = strlen(cases[i].text);
		char *block = block_of(cases[i].text, len);
		const char *path = NULL;
		size_t path_len = 0;

		assert_int_equal(nw_procfs_cgroup(block, len, &path, &path_len),
				 cases[i].path != NULL);
		if (cases[i].path) {
			assert_int_equal(path_len, strlen(cases[i].path));
			assert_memory_equal(path, cases[i].path, path_len);
			assert_true(path >= block && path + path_len <= block + len);
		}
		free(block);
	}
}

NW_TESTS(user_procfs, cmocka_unit_test(a_name_may_hold_anything),
	 cmocka_unit_test(a_long_name_is_cut), cmocka_unit_test(a_stat_that_is_cut_is_none),
	 cmocka_unit_test(a_stat_with_bad_numbers_is_none), cmocka_unit_test(ids_are_the_real_ones),
	 cmocka_unit_test(ids_that_are_none_change_nothing),
	 cmocka_unit_test(the_v2_line_is_the_cgroup));
