/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of who uses what: found by object and process together, listed by process and by object.
 * A thousand programs that have one pipe as their output are a thousand entries of one object: no
 * step here goes through them, however many there are. Lists have the newest entry first.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define A_PROCESS 4 /* entries reserved for each process, on average */

struct nw_held {
	struct nw_object object;
	uint32_t first; /* who uses it, from 1 */
};

static uint64_t hash_of(const struct nw_holds *t, const struct nw_object *o)
{
	return nw_hash_mix(nw_hash_mix(t->lru.seed, o->id), (uint64_t)o->dev << 8 | o->via);
}

static uint32_t hash_of_use(uint64_t object, uint32_t proc, bool is_mapped)
{
	return (uint32_t)nw_hash_mix(object, (uint64_t)proc << 1 | is_mapped);
}

static bool is_same(const struct nw_object *a, const struct nw_object *b)
{
	return a->id == b->id && a->dev == b->dev && a->via == b->via;
}

int nw_hold_table_new(struct nw_holds *t, uint32_t processes)
{
	uint32_t capacity = processes * A_PROCESS;

	if (nw_lru_init(&t->lru, capacity) < 0 || nw_lru_init(&t->held_lru, capacity) < 0) {
		return -ENOMEM;
	}
	t->hold = calloc(capacity, sizeof(*t->hold));
	t->of_proc = calloc(capacity, sizeof(*t->of_proc));
	t->of_object = calloc(capacity, sizeof(*t->of_object));
	t->held = calloc(capacity, sizeof(*t->held));
	t->first = calloc(processes, sizeof(*t->first));
	return t->hold && t->of_proc && t->of_object && t->held && t->first ? 0 : -ENOMEM;
}

void nw_hold_table_free(struct nw_holds *t)
{
	nw_lru_free(&t->lru);
	nw_lru_free(&t->held_lru);
	free(t->hold);
	free(t->of_proc);
	free(t->of_object);
	free(t->held);
	free(t->first);
}

static uint32_t find_held(const struct nw_holds *t, const struct nw_object *o, uint64_t hash)
{
	uint32_t i = nw_lru_first(&t->held_lru, (uint32_t)hash);

	while (i != NW_LRU_NONE && !is_same(&t->held[i].object, o)) {
		i = nw_lru_next(&t->held_lru, i);
	}
	return i;
}

struct nw_hold *nw_hold_find(const struct nw_holds *t, const struct nw_object *o, uint32_t proc,
			     bool is_mapped)
{
	uint32_t i = nw_lru_first(&t->lru, hash_of_use(hash_of(t, o), proc, is_mapped));

	for (; i != NW_LRU_NONE; i = nw_lru_next(&t->lru, i)) {
		struct nw_hold *h = &t->hold[i];

		if (h->proc == proc && is_same(&h->object, o) && h->is_mapped == is_mapped) {
			return h;
		}
	}
	return NULL;
}

struct nw_hold *nw_hold_add(struct nw_holds *t, const struct nw_object *o, uint32_t proc,
			    bool is_mapped)
{
	uint64_t hash = hash_of(t, o);
	uint32_t i = nw_lru_add(&t->lru, hash_of_use(hash, proc, is_mapped));
	uint32_t held;

	if (i == NW_LRU_NONE) {
		return NULL;
	}
	held = find_held(t, o, hash);
	if (held == NW_LRU_NONE) { /* there is room: never more objects than entries */
		held = nw_lru_add(&t->held_lru, (uint32_t)hash);
		t->held[held] = (struct nw_held){ .object = *o };
	}
	t->hold[i] = (struct nw_hold){
		.object = *o, .proc = proc, .held = held, .is_mapped = is_mapped
	};
	nw_list_add(t->of_proc, &t->first[proc], i);
	nw_list_add(t->of_object, &t->held[held].first, i);
	return &t->hold[i];
}

void nw_hold_remove(struct nw_holds *t, struct nw_hold *h)
{
	uint32_t i = (uint32_t)(h - t->hold);
	struct nw_held *held = &t->held[h->held];

	nw_list_remove(t->of_proc, &t->first[h->proc], i);
	nw_list_remove(t->of_object, &held->first, i);
	if (!held->first) {
		nw_lru_remove(&t->held_lru, h->held);
	}
	h->mode = 0;
	nw_lru_remove(&t->lru, i);
}

struct nw_hold *nw_hold_first_user(const struct nw_holds *t, const struct nw_object *o)
{
	uint32_t held = find_held(t, o, hash_of(t, o));

	return held != NW_LRU_NONE ? nw_hold_at(t, t->held[held].first) : NULL;
}

struct nw_hold *nw_hold_first_same(const struct nw_holds *t, const struct nw_hold *h)
{
	return nw_hold_at(t, t->held[h->held].first);
}
