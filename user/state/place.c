/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where outside addresses are, as facts say: "place.<address>" is "<country> <AS> <organisation>",
 * "-" and 0 for what is not known. Owns the table. When it is full the oldest goes, and is asked
 * for again when its address comes again: nothing is lost.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define PLACES_MAX 8192

static const char front[] = "place.";

int nw_places_init(struct nw_places *t)
{
	int r = nw_lru_init(&t->lru, PLACES_MAX);

	if (r < 0) {
		return r;
	}
	t->place = calloc(PLACES_MAX, sizeof(*t->place));
	return t->place ? 0 : -ENOMEM;
}

void nw_places_free(struct nw_places *t)
{
	nw_lru_free(&t->lru);
	free(t->place);
}

static uint32_t hash_of(const struct nw_places *t, const uint8_t addr[16])
{
	uint64_t word[2];

	memcpy(word, addr, sizeof(word));
	return (uint32_t)nw_hash_mix(nw_hash_mix(t->lru.seed, word[0]), word[1]);
}

static uint32_t find(const struct nw_places *t, const uint8_t addr[16])
{
	uint32_t i = nw_lru_first(&t->lru, hash_of(t, addr));

	while (i != NW_LRU_NONE && memcmp(t->place[i].addr, addr, 16) != 0) {
		i = nw_lru_next(&t->lru, i);
	}
	return i;
}

const struct nw_place *nw_place_find(const struct nw_state *st, const uint8_t addr[16])
{
	uint32_t i = st->places.lru.used ? find(&st->places, addr) : NW_LRU_NONE;

	return i == NW_LRU_NONE ? NULL : &st->places.place[i];
}

static bool is_code(const char *p)
{
	return p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' && p[1] <= 'Z';
}

/* "<country or -> <AS> <organisation>" */
static bool take_value(const struct nw_ev_fact *e, struct nw_place *ret)
{
	const char *p = e->tail + e->key_len;
	const char *end = p + e->value_len;

	if (memchr(p, '\0', e->value_len)) {
		return false;
	}
	if (end - p > 2 && is_code(p) && p[2] == ' ') {
		memcpy(ret->country, p, 2);
		p += 3;
	} else if (end - p > 1 && p[0] == '-' && p[1] == ' ') {
		p += 2;
	} else {
		return false;
	}
	p = nw_fact_u32(p, end, &ret->asn);
	if (!p || p == end) {
		return p;
	}
	if (*p != ' ' || (size_t)(end - p) > sizeof(ret->organisation)) {
		return false;
	}
	memcpy(ret->organisation, p + 1, (size_t)(end - p) - 1);
	return true;
}

bool nw_places_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	struct nw_places *t = &st->places;
	struct nw_place place = { 0 };
	uint32_t i;

	if (e->key_len < sizeof(front) || memcmp(e->tail, front, sizeof(front) - 1) != 0) {
		return false;
	}
	if (!nw_fact_address(e->tail + sizeof(front) - 1, e->tail + e->key_len, place.addr) ||
	    !take_value(e, &place)) {
		return true;
	}
	i = find(t, place.addr);
	if (i == NW_LRU_NONE && t->lru.used == t->lru.capacity) {
		nw_lru_remove(&t->lru, t->lru.oldest);
	}
	if (i == NW_LRU_NONE) {
		i = nw_lru_add(&t->lru, hash_of(t, place.addr));
	}
	t->place[i] = place;
	return true;
}
