/* SPDX-License-Identifier: Apache-2.0 */
/* Heap that is there before it is touched: by the kernel's count of faults, and of pages that are kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "harness.h"

#include "util/warm.h"

#define MIB   ((size_t)1 << 20)
#define PIECE (3 * MIB)
#define PAGE  ((size_t)4096)

static long faults(void)
{
	struct rusage use;

	assert_int_equal(getrusage(RUSAGE_SELF, &use), 0);
	return use.ru_minflt;
}

static size_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	size_t whole = 0, pages = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%zu %zu", &whole, &pages), 2);
	(void)fclose(f);
	return pages * PAGE;
}

/* As libbpf does it: a file, its copy, and both are given back. */
static void use_memory(void)
{
	char *file = malloc(PIECE);
	char *copy = malloc(PIECE);

	assert_non_null(file);
	assert_non_null(copy);
	memset(file, 1, PIECE);
	memcpy(copy, file, PIECE);
	assert_int_equal(copy[PIECE - 1], 1);
	free(file);
	free(copy);
}

static void pages_come_together_and_go(void **state)
{
	size_t before = resident();
	long since;

	(void)state;
	nw_warm_begin(2 * PIECE + MIB);
	since = faults();
	use_memory();
	use_memory();
	since = faults() - since;
	nw_warm_end();
#ifndef __SANITIZE_ADDRESS__ /* its heap is another one */
	assert_in_range(since, 0, PIECE / PAGE / 10);
	assert_in_range(resident(), 0, before + MIB);
#endif
	(void)before;
}

/* What can't be had is done without. */
static void too_much_is_left_alone(void **state)
{
	size_t before = resident();

	(void)state;
	nw_warm_begin(0);
	use_memory();
	nw_warm_end();
	assert_in_range(resident(), 0, before + 64 * MIB);
}

NW_TESTS(util_warm, cmocka_unit_test(pages_come_together_and_go),
	 cmocka_unit_test(too_much_is_left_alone));
