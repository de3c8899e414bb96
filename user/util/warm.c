/* SPDX-License-Identifier: Apache-2.0 */
/* See warm.h. Owns nothing: the heap is the C library's. */
#include "util/warm.h"

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define MMAP_FROM (32 << 20)  /* the most that mallopt(3) takes */
#define USUAL	  (128 << 10) /* both thresholds, mallopt(3) */

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void nw_warm_begin(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t skip; /* to the first whole page */
	char *p;

	mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	p = malloc(bytes);
	if (!p) {
		return;
	}
	skip = page - (uintptr_t)p % page;
	if (bytes > skip) {
		(void)madvise(p + skip, (bytes - skip) / page * page, MADV_POPULATE_WRITE);
	}
	free(p);
}

void nw_warm_end(void)
{
	mallopt(M_MMAP_THRESHOLD, USUAL);
	mallopt(M_TRIM_THRESHOLD, USUAL);
	malloc_trim(0);
}
