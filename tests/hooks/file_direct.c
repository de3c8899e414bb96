/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_direct: what is read past the page cache is counted, also when another than the reader ends
 * the request, and at the file's end.
 */
#include "hooks/reads.h"

static void test_every_call(void **state)
{
	static const char *const ways[] = { "by read 131072",  "by pread 65536", "by aio 131072",
					    "by uring 131072", "by fixed 65536", "by worker 65536",
					    "by aio 9000000" };

	(void)state;
	reads_check_all(reads_trace(), "direct", ways, NW_ARRAY_SIZE(ways), 1);
}

NW_TESTS(hooks_file_direct, NW_ROOT_TEST(test_every_call));
