/* SPDX-License-Identifier: Apache-2.0 */
/* file_map: what is mapped may be read without a call; how much is told, no more than the file has. */
#include "hooks/reads.h"

static void test_mapped(void **state)
{
	static const char *const ways[] = { "map 500000", "map 1000003" };
	struct nw_tool *t = reads_trace();

	(void)state;
	reads_check_all(t, "open", ways, NW_ARRAY_SIZE(ways), 0);
	reads_check(t, 0, "open", "by read 1000 map 4096", 2);
	reads_check(t, 1, "open", "map 900000 map 900000", 2);
}

NW_TESTS(hooks_file_map, NW_ROOT_TEST(test_mapped));
