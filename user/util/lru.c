/* SPDX-License-Identifier: Apache-2.0 */
/* See lru.h. Every operation but a look-up costs the same however many objects there are. */
#include "util/lru.h"

#include <errno.h>
#include <sys/random.h>

int nw_lru_init(struct nw_lru *t, uint32_t capacity)
{
	uint32_t buckets = 1;

	*t = (struct nw_lru){ .free = NW_LRU_NONE, .oldest = NW_LRU_NONE, .newest = NW_LRU_NONE };
	if (capacity == 0 || capacity > 1U << 30) {
		return -EINVAL;
	}
	while (buckets < capacity) {
		buckets *= 2;
	}
	t->link = calloc(capacity, sizeof(*t->link));
	t->bucket = calloc(buckets, sizeof(*t->bucket));
	if (!t->link || !t->bucket) {
		nw_lru_free(t);
		return -ENOMEM;
	}
	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) != sizeof(t->seed)) {
		t->seed = (uintptr_t)t->link; /* no entropy yet: what the loader chose must do */
	}
	t->capacity = capacity;
	t->mask = buckets - 1;
	return 0;
}

void nw_lru_free(struct nw_lru *t)
{
	free(t->link);
	free(t->bucket);
	t->link = NULL;
	t->bucket = NULL;
}

static void append(struct nw_lru *t, uint32_t i)
{
	t->link[i].older = t->newest;
	t->link[i].newer = NW_LRU_NONE;
	if (t->newest != NW_LRU_NONE) {
		t->link[t->newest].newer = i;
	} else {
		t->oldest = i;
	}
	t->newest = i;
}

static void take_out(struct nw_lru *t, uint32_t i)
{
	uint32_t older = t->link[i].older;
	uint32_t newer = t->link[i].newer;

	if (older != NW_LRU_NONE) {
		t->link[older].newer = newer;
	} else {
		t->oldest = newer;
	}
	if (newer != NW_LRU_NONE) {
		t->link[newer].older = older;
	} else {
		t->newest = older;
	}
}

uint32_t nw_lru_add(struct nw_lru *t, uint32_t hash)
{
	uint32_t i = t->free;
	uint32_t *bucket = &t->bucket[hash & t->mask];

	if (i != NW_LRU_NONE) {
		t->free = t->link[i].chain;
	} else if (t->fresh < t->capacity) {
		i = t->fresh++;
	} else {
		return NW_LRU_NONE;
	}
	t->link[i].hash = hash;
	t->link[i].chain = *bucket - 1;
	*bucket = i + 1;
	append(t, i);
	t->used++;
	return i;
}

void nw_lru_remove(struct nw_lru *t, uint32_t i)
{
	uint32_t *bucket = &t->bucket[t->link[i].hash & t->mask];

	if (*bucket == i + 1) {
		*bucket = t->link[i].chain + 1;
	} else {
		uint32_t at = *bucket - 1;

		while (t->link[at].chain != i) {
			at = t->link[at].chain;
		}
		t->link[at].chain = t->link[i].chain;
	}
	take_out(t, i);
	t->link[i].chain = t->free;
	t->free = i;
	t->used--;
}

void nw_lru_touch(struct nw_lru *t, uint32_t i)
{
	if (t->newest != i) {
		take_out(t, i);
		append(t, i);
	}
}
