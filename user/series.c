/* SPDX-License-Identifier: Apache-2.0 */
/* The ring of slots. Owns nothing: who has a series reserved it. */
#include "series.h"

#include <string.h>

void nw_series_clear(struct nw_series *s)
{
	memset(s, 0, sizeof(*s));
}

static uint32_t *at(struct nw_series *s, uint64_t slot)
{
	return &s->slot[slot % NW_SERIES_SLOTS];
}

/* Slots that nobody measured anything in are empty. */
static void advance(struct nw_series *s, uint64_t slot)
{
	if (slot >= s->last + NW_SERIES_SLOTS) {
		memset(s->slot, 0, sizeof(s->slot));
		s->last = slot;
		return;
	}
	while (s->last < slot) {
		*at(s, ++s->last) = 0;
	}
}

static void put(struct nw_series *s, uint64_t slot, uint64_t bytes)
{
	uint32_t *p = at(s, slot);

	if (slot + NW_SERIES_SLOTS > s->last) {
		*p = (uint32_t)NW_MIN((uint64_t)*p + bytes, (uint64_t)UINT32_MAX);
	}
}

void nw_series_add(struct nw_series *s, uint64_t from_ns, uint64_t to_ns, uint64_t bytes)
{
	uint64_t longest = (NW_SERIES_SLOTS - 1) * NW_SERIES_SLOT_NS;
	uint64_t left = bytes;
	uint64_t first, last;
	double share;

	if (bytes == 0 || to_ns == 0) {
		return;
	}
	from_ns = NW_MIN(from_ns, to_ns - 1);
	from_ns = to_ns - from_ns > longest ? to_ns - longest : from_ns;
	first = nw_series_slot_of(from_ns);
	last = nw_series_slot_of(to_ns - 1);
	if (!s->first) {
		s->first = first;
		s->last = first;
	}
	advance(s, last);
	s->bytes += bytes;
	share = (double)bytes / (double)(to_ns - from_ns);
	for (uint64_t i = first; i < last; i++) {
		uint64_t begin = NW_MAX(i * NW_SERIES_SLOT_NS, from_ns);
		uint64_t part = (uint64_t)(share * (double)((i + 1) * NW_SERIES_SLOT_NS - begin));

		part = NW_MIN(part, left);
		put(s, i, part);
		left -= part;
	}
	put(s, last, left);
}

static uint32_t get(const struct nw_series *s, uint64_t slot)
{
	return slot <= s->last && slot + NW_SERIES_SLOTS > s->last ? s->slot[slot % NW_SERIES_SLOTS]
								   : 0;
}

uint64_t nw_series_sum(const struct nw_series *s, uint64_t end, unsigned n)
{
	uint64_t sum = 0;

	for (uint64_t i = end - n; i < end; i++) {
		sum += get(s, i);
	}
	return sum;
}

void nw_series_add_to(const struct nw_series *s, uint64_t end, unsigned n, double *ret)
{
	for (unsigned i = 0; i < n; i++) {
		ret[i] += get(s, end - n + i);
	}
}
