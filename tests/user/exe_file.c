/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of a program, as text and back; what is not whole, or what dpkg would not say, is none. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#include "exe_file.h"

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff"

static bool parse(const char *text, struct nw_exe_file *ret)
{
	return nw_exe_parse(text, strlen(text), ret);
}

static void what_is_told_is_read_again(void **state)
{
	static const char *const t[] = {
		"read 8388609 131 1234 1700000000123456789 " HASH " package libx-2.0:amd64",
		"read 4294967295 18446744073709551615 0 0 " HASH " unowned -",
		"read 1 1024 5 6 " HASH " elsewhere -",
		"read 1 1024 5 6 " HASH " several -",
		"read 1 1024 5 6 " HASH " - -",
		"gone 26 3 0 0 - - -",
		"large 26 3 268435457 5 - package chromium",
		"changed 26 3 9 5 - unowned -",
		"unreadable 26 3 0 0 - - -",
	};
	char text[NW_EXE_TEXT];
	struct nw_exe_file f;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		assert_true(parse(t[i], &f));
		nw_exe_text(&f, text);
		assert_string_equal(text, t[i]);
	}
	assert_true(parse(t[0], &f));
	assert_int_equal(f.dev, 8 << 20 | 1);
	assert_int_equal(f.ino, 131);
	assert_int_equal(f.size, 1234);
	assert_int_equal(f.sha256[31], 0xff);
	assert_string_equal(f.package, "libx-2.0:amd64");
}

static void what_is_none_is_not_taken(void **state)
{
	static const char *const t[] = {
		"",
		"read",
		"read 8388609 131 1234 17 " HASH " package",
		"read 8388609 131 1234 17 " HASH " package x y",
		"found 8388609 131 1234 17 " HASH " unowned -",
		"read 4294967296 131 1234 17 " HASH " unowned -",
		"read 8388609 -1 1234 17 " HASH " unowned -",
		"read 8388609 131 1234 17 - unowned -",
		"read 8388609 131 1234 17 " HASH "0 unowned -",
		"read 8388609 131 1234 17 0X" HASH " unowned -",
		"read 8388609 131 1234 17 " HASH " mine -",
		"read 8388609 131 1234 17 " HASH " package -",
		"read 8388609 131 1234 17 " HASH " unowned x",
		"read 8388609 131 1234 17 " HASH " package X",
		"read 8388609 131 1234 17 " HASH " package a\"b",
		"gone 8388609 131 1234 17 " HASH " unowned -",
	};
	struct nw_exe_file f = { .size = 77 };
	char text[2 * NW_EXE_TEXT];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		if (parse(t[i], &f)) {
			fail_msg("taken: '%s'", t[i]);
		}
	}
	assert_false(nw_exe_parse("gone 26 3 0 0 - - -\0", 20, &f));
	snprintf(text, sizeof(text), "large 26 3 9 5 - package %0*d", NW_EXE_PACKAGE, 1);
	assert_false(parse(text, &f));
	snprintf(text, sizeof(text), "large 26 3 9 5 - package %0*d", 2 * NW_EXE_PACKAGE + 200, 1);
	assert_false(parse(text, &f));
	assert_int_equal(f.size, 77);
}

NW_TESTS(user_exe_file, cmocka_unit_test(what_is_told_is_read_again),
	 cmocka_unit_test(what_is_none_is_not_taken));
