/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel in software emulation is the tests' own, as no other is. */
#include <string.h>
#include <unistd.h>

#include "root/support.h"

#ifdef __x86_64__
#include <cpuid.h>
bool nw_is_emulated(void)
{
	unsigned a, sign[3] = { 0 };

	__cpuid(0x40000000, a, sign[0], sign[1], sign[2]);
	return memcmp(sign, "TCGTCGTCGTCG", sizeof(sign)) == 0;
}
#else
bool nw_is_emulated(void)
{
	return false;
}
#endif

bool nw_emulated_set(const char *path, const char *value)
{
	if (!nw_is_emulated() || access(path, W_OK) != 0) {
		return false;
	}
	nw_test_write(path, value);
	return true;
}
