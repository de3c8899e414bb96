/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every test file includes. A file tests/<folder>/<stem>.c ends with
 *	NW_TESTS(<folder>_<stem>, cmocka_unit_test(a), cmocka_unit_test(b));
 * and is found by its name; a function that is not in the list is an unused-function error.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct nw_test_group {
	const char *name;
	const struct CMUnitTest *tests;
	size_t count;
	bool is_of_any_kernel;
};

#define NW_TEST_GROUP(group, is_of_any_kernel, ...)                                       \
	static const struct CMUnitTest group##_tests[] = { __VA_ARGS__ };                 \
	extern const struct nw_test_group nw_tests_##group;                               \
	const struct nw_test_group nw_tests_##group = { #group, group##_tests,            \
							sizeof(group##_tests) /           \
								sizeof(group##_tests[0]), \
							is_of_any_kernel }

#define NW_TESTS(group, ...) NW_TEST_GROUP(group, false, __VA_ARGS__)
/* What these ask is user space's alone (files, tables, output): one kernel tells as much as five. */
#define NW_TESTS_OF_ANY_KERNEL(group, ...) NW_TEST_GROUP(group, true, __VA_ARGS__)

/* A file with this text, made anew. */
static inline void nw_test_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

extern unsigned nw_tests_skipped;

/* A test that cannot run here says why and is counted; a supported kernel may not skip. */
#define NW_SKIP(...)                               \
	do {                                       \
		printf("[ SKIP ] %s: ", __func__); \
		printf(__VA_ARGS__);               \
		printf("\n");                      \
		nw_tests_skipped++;                \
		skip();                            \
	} while (0)
