/* SPDX-License-Identifier: Apache-2.0 */
/* Small words used everywhere: ownership, sizes, results. Nothing here knows about events. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define NW_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NW_MUST_CHECK	 __attribute__((warn_unused_result))
#define NW_PRINTF(f, a)	 __attribute__((format(printf, f, a)))
#define NW_UNUSED	 __attribute__((unused))

#define NW_MIN(a, b) ((a) < (b) ? (a) : (b))
#define NW_MAX(a, b) ((a) > (b) ? (a) : (b))

#define NW_NSEC_PER_SEC	 1000000000ULL
#define NW_NSEC_PER_MSEC 1000000ULL

/* Locals that clean up after themselves; NW_TAKE* hands the thing to somebody else. */
static inline void nw_cleanup_freep(void *p)
{
	free(*(void **)p);
}

static inline void nw_cleanup_closep(const int *fd)
{
	if (*fd >= 0) {
		close(*fd);
	}
}

#define NW_CLEANUP_FREE	 __attribute__((cleanup(nw_cleanup_freep)))
#define NW_CLEANUP_CLOSE __attribute__((cleanup(nw_cleanup_closep)))

static inline int nw_take_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}
