/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What moved, in slots of 200 ms of boot time: a ring of fixed length, filled from measures that say
 * how much moved between two times. What a measure covers is spread over its slots; what is older
 * than the ring is forgotten.
 */
#pragma once

#include <stdint.h>

#include "util/macro.h"

#define NW_SERIES_SLOT_NS (200000000ULL)
#define NW_SERIES_SLOTS	  1024U /* a power of two: 204.8 s */

struct nw_series {
	uint64_t first; /* slot of the first measure; 0 = none yet */
	uint64_t last;	/* newest slot that has something */
	uint64_t bytes; /* in all */
	uint32_t slot[NW_SERIES_SLOTS];
};

static inline uint64_t nw_series_slot_of(uint64_t ns)
{
	return ns / NW_SERIES_SLOT_NS;
}

void nw_series_clear(struct nw_series *s);
/* bytes moved in (from_ns, to_ns]. */
void nw_series_add(struct nw_series *s, uint64_t from_ns, uint64_t to_ns, uint64_t bytes);
/* Bytes of the n slots that end before slot `end`. */
uint64_t nw_series_sum(const struct nw_series *s, uint64_t end, unsigned n);
/* Adds the n slots that end before `end` to ret[0 .. n-1]. */
void nw_series_add_to(const struct nw_series *s, uint64_t end, unsigned n, double *ret);
