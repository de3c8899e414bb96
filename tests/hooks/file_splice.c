/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_splice: bytes of a recording that a program passes on without reading them: what arrived is
 * counted, not what the kernel read again since the far end was full.
 */
#include "hooks/reads.h"

static void test_every_call(void **state)
{
	static const char *const ways[] = { "by splice 150001", "by sendfile 150001",
					    "by copy 150001" };

	(void)state;
	reads_check_all(reads_trace(), "open", ways, NW_ARRAY_SIZE(ways), 0);
}

NW_TESTS(hooks_file_splice, NW_ROOT_TEST(test_every_call));
