/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the groups of one generated list and ends with the line that everything counts by:
 *	nw-tests: N passed, N failed, N skipped
 * Usage: run [GROUP...|PATTERN]   groups by their names, or tests by a pattern (cmocka's wildcards).
 *        run --kernel             groups whose outcome can hang on the kernel
 *        run --share=K/N          every Nth group from the Kth on: N of them run them all
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"

#define OF_KERNEL "--kernel"
#define SHARE	  "--share="

unsigned nw_tests_skipped;

#ifdef __SANITIZE_ADDRESS__
/* What it knows of large tables is written over, not mapped anew: faults of pages were half of all time. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "clear_shadow_mmap_threshold=4294967295";
}
#endif

#define NW_ITEM(group) extern const struct nw_test_group nw_tests_##group;
#include NW_TESTS_LIST
#undef NW_ITEM

static const struct nw_test_group *const groups[] = {
#define NW_ITEM(group) &nw_tests_##group,
#include NW_TESTS_LIST
#undef NW_ITEM
};

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool is_group(const char *name)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (strcmp(groups[i]->name, name) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_asked(const struct nw_test_group *g, int asked, char **names)
{
	for (int i = 0; i < asked; i++) {
		if (strcmp(names[i], g->name) == 0 ||
		    (strcmp(names[i], OF_KERNEL) == 0 && !g->is_of_any_kernel)) {
			return true;
		}
	}
	return asked == 0;
}

/* Are all of these groups, or all that hang on the kernel? */
static bool are_groups(int asked, char **names)
{
	for (int i = 0; i < asked; i++) {
		if (strcmp(names[i], OF_KERNEL) != 0 && !is_group(names[i])) {
			return false;
		}
	}
	return true;
}

/* "--share=2/3": groups 1, 4, 7 ... of 0, 1, 2 ...; false when it is none. */
static bool read_share(const char *text, unsigned *first, unsigned *step)
{
	return strncmp(text, SHARE, strlen(SHARE)) == 0 &&
	       sscanf(text + strlen(SHARE), "%u/%u", first, step) == 2 && *first > 0 &&
	       (*first)-- <= *step;
}

/* How many tests a pattern picks; cmocka itself is content with none. */
static unsigned long count_matches(const char *pattern)
{
	unsigned long n = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		for (size_t t = 0; t < groups[i]->count; t++) {
			n += fnmatch(pattern, groups[i]->tests[t].name, 0) == 0;
		}
	}
	return n;
}

int main(int argc, char **argv)
{
	int asked = are_groups(argc - 1, argv + 1) ? argc - 1 : 0;
	unsigned first = 0, step = 1;
	bool is_share = argc == 2 && read_share(argv[1], &first, &step);
	const char *pattern = argc > 1 && !asked && !is_share ? argv[1] : NULL;
	unsigned long total = 0;
	unsigned long failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (pattern) {
		cmocka_set_test_filter(pattern);
	}
	for (size_t i = first; i < sizeof(groups) / sizeof(groups[0]); i += step) {
		const struct nw_test_group *g = groups[i];
		double began = now_s();
		int bad;

		if (!is_asked(g, asked, argv + 1)) {
			continue;
		}
		bad = _cmocka_run_group_tests(g->name, g->tests, g->count, NULL, NULL);
		total += g->count;
		failed += bad < 0 ? g->count : (unsigned long)bad;
		printf("%-28s %6.2f s\n", g->name, now_s() - began);
	}
	if (pattern) {
		total = count_matches(pattern);
		printf("nw-tests: %lu of the tests are called %s, %lu failed\n", total, pattern,
		       failed);
		return failed > 0 || total == 0;
	}
	printf("nw-tests: %lu passed, %lu failed, %u skipped\n", total - failed - nw_tests_skipped,
	       failed, nw_tests_skipped);
	return failed > 0 || total == 0;
}
