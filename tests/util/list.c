/* SPDX-License-Identifier: Apache-2.0 */
/* list: many lists in one table, against what a plain array of owners says. */
#include "harness.h"

#include "util/list.h"

#define ENTRIES 64
#define LISTS	5
#define NONE	LISTS

static unsigned count(const struct nw_list_link *link, uint32_t first, const unsigned *owner,
		      unsigned list)
{
	unsigned n = 0;
	uint32_t prev = 0;

	for (uint32_t i = first; i; i = link[i - 1].next) {
		assert_int_equal(owner[i - 1], list);
		assert_int_equal(link[i - 1].prev, prev);
		prev = i;
		assert_true(++n <= ENTRIES);
	}
	return n;
}

static void any_order(void **state)
{
	struct nw_list_link link[ENTRIES] = { 0 };
	uint32_t first[LISTS] = { 0 };
	unsigned owner[ENTRIES];
	unsigned long seed = 1;

	(void)state;
	for (unsigned i = 0; i < ENTRIES; i++) {
		owner[i] = NONE;
	}
	for (unsigned step = 0; step < 20000; step++) {
		unsigned i, to, sum[LISTS] = { 0 };

		seed = seed * 6364136223846793005UL + 1442695040888963407UL;
		i = (unsigned)(seed >> 33) % ENTRIES;
		to = (unsigned)(seed >> 48) % (LISTS + 1);
		if (owner[i] != NONE) {
			nw_list_remove(link, &first[owner[i]], i);
		}
		owner[i] = to;
		if (to != NONE) {
			nw_list_add(link, &first[to], i);
			assert_int_equal(first[to], i + 1);
		}
		for (unsigned n = 0; n < ENTRIES; n++) {
			if (owner[n] != NONE) {
				sum[owner[n]]++;
			}
		}
		for (unsigned list = 0; list < LISTS; list++) {
			assert_int_equal(count(link, first[list], owner, list), sum[list]);
		}
	}
}

NW_TESTS(util_list, cmocka_unit_test(any_order));
