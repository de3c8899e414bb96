/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Neighbours on the link, as facts say: "neigh.<netns>.<interface>.<address>" is "<mac> <maker>
 * <organisation>", "-" for no maker, or nothing when the entry has gone; "frame.…" is the same of who
 * sends frames through a bridge of this host. Owns a table of each, as anybody can send frames of many
 * addresses, and none of the kernel's own entries may go for that. When one is full its oldest goes, and
 * is counted as NW_LOSS_HOST.
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define NEIGHBOURS_MAX 4096
#define MAC_TEXT       17

static const char front[] = "neigh.";
static const char front_frame[] = "frame.";

static_assert(sizeof(front) == sizeof(front_frame), "take_key() goes behind either");

int nw_neighbours_init(struct nw_neighbours *t)
{
	int r = nw_lru_init(&t->lru, NEIGHBOURS_MAX);

	if (r < 0) {
		return r;
	}
	t->neighbour = calloc(NEIGHBOURS_MAX, sizeof(*t->neighbour));
	return t->neighbour ? 0 : -ENOMEM;
}

void nw_neighbours_free(struct nw_neighbours *t)
{
	nw_lru_free(&t->lru);
	free(t->neighbour);
}

/* Not of the interface: one address may be asked for without. */
static uint32_t hash_of(const struct nw_neighbours *t, uint32_t netns, const uint8_t addr[16])
{
	uint64_t word[2];

	memcpy(word, addr, sizeof(word));
	return (uint32_t)nw_hash_mix(nw_hash_mix(nw_hash_mix(t->lru.seed, netns), word[0]),
				     word[1]);
}

/* Contested: two devices have it on two links, and which is meant is not known. */
static uint32_t find(const struct nw_neighbours *t, uint32_t netns, uint32_t index,
		     const uint8_t addr[16], bool *ret_is_contested)
{
	uint32_t i = nw_lru_first(&t->lru, hash_of(t, netns, addr));
	uint32_t found = NW_LRU_NONE;

	for (; i != NW_LRU_NONE; i = nw_lru_next(&t->lru, i)) {
		const struct nw_neighbour *n = &t->neighbour[i];

		if (n->netns != netns || memcmp(n->addr, addr, 16) != 0 ||
		    (index && n->index != index)) {
			continue;
		}
		if (found != NW_LRU_NONE && memcmp(t->neighbour[found].mac, n->mac, 6) != 0) {
			*ret_is_contested = true;
			return NW_LRU_NONE;
		}
		found = i;
	}
	return found;
}

const struct nw_neighbour *nw_neighbour_find(const struct nw_state *st, uint32_t netns,
					     uint32_t index, const uint8_t addr[16])
{
	const struct nw_neighbours *const tables[] = { &st->neighbours, &st->frames };
	bool is_contested = false;

	for (size_t k = 0; k < NW_ARRAY_SIZE(tables) && netns && !is_contested; k++) {
		const struct nw_neighbours *t = tables[k];
		uint32_t i = t->lru.used ? find(t, netns, index, addr, &is_contested) : NW_LRU_NONE;

		if (i != NW_LRU_NONE) {
			return &t->neighbour[i];
		}
	}
	return NULL;
}

/* ---- facts ---------------------------------------------------------------------------------- */

/* "neigh.<netns>.<index>.<address>" */
static bool take_key(const struct nw_ev_fact *e, struct nw_neighbour *ret)
{
	const char *end = e->tail + e->key_len;
	const char *p = nw_fact_u32(e->tail + sizeof(front) - 1, end, &ret->netns);

	if (!p || p == end || *p != '.') {
		return false;
	}
	p = nw_fact_u32(p + 1, end, &ret->index);
	return p && p != end && *p == '.' && ret->netns && ret->index &&
	       nw_fact_address(p + 1, end, ret->addr);
}

/* "c0:56:e3:01:02:03" */
static bool take_mac(const char *p, uint8_t ret[6])
{
	for (unsigned i = 0; i < 6; i++, p += 3) {
		if (!isxdigit((unsigned char)p[0]) || !isxdigit((unsigned char)p[1]) ||
		    (i < 5 && p[2] != ':')) {
			return false;
		}
		ret[i] = (uint8_t)strtoul((char[]){ p[0], p[1], '\0' }, NULL, 16);
	}
	return true;
}

/* "<mac> <maker or -> <organisation>" */
static bool take_value(const struct nw_ev_fact *e, struct nw_neighbour *ret)
{
	const char *p = e->tail + e->key_len;
	size_t left = e->value_len;
	const char *space;
	size_t maker;

	if (left < MAC_TEXT + 2 || memchr(p, '\0', left) || !take_mac(p, ret->mac) ||
	    p[MAC_TEXT] != ' ') {
		return false;
	}
	p += MAC_TEXT + 1;
	left -= MAC_TEXT + 1;
	space = memchr(p, ' ', left);
	maker = space ? (size_t)(space - p) : left;
	if (maker == 0 || maker >= sizeof(ret->maker) || left - maker > sizeof(ret->organisation)) {
		return false;
	}
	if (maker != 1 || *p != '-') {
		memcpy(ret->maker, p, maker);
	}
	if (space) {
		memcpy(ret->organisation, space + 1, left - maker - 1);
	}
	return true;
}

/* Of one link. */
static uint32_t find_on(const struct nw_neighbours *t, const struct nw_neighbour *n)
{
	bool is_contested = false;

	return find(t, n->netns, n->index, n->addr, &is_contested);
}

static void put(struct nw_state *st, struct nw_neighbours *t, const struct nw_neighbour *n)
{
	uint32_t i = find_on(t, n);

	if (i == NW_LRU_NONE && t->lru.used == t->lru.capacity) {
		nw_lru_remove(&t->lru, t->lru.oldest);
		nw_state_lose(st, NW_LOSS_HOST);
	}
	if (i == NW_LRU_NONE) {
		i = nw_lru_add(&t->lru, hash_of(t, n->netns, n->addr));
		st->neighbours_generation++;
	} else {
		st->neighbours_generation +=
			memcmp(t->neighbour[i].mac, n->mac, sizeof(n->mac)) != 0;
	}
	t->neighbour[i] = *n;
}

static struct nw_neighbours *table_of(struct nw_state *st, const struct nw_ev_fact *e)
{
	if (e->key_len < sizeof(front)) {
		return NULL;
	}
	return memcmp(e->tail, front, sizeof(front) - 1) == 0		    ? &st->neighbours
	       : memcmp(e->tail, front_frame, sizeof(front_frame) - 1) == 0 ? &st->frames
									    : NULL;
}

bool nw_neighbours_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	struct nw_neighbours *t = table_of(st, e);
	struct nw_neighbour n = { 0 };
	uint32_t i;

	if (!t) {
		return false;
	}
	if (!take_key(e, &n)) {
		return true;
	}
	if (take_value(e, &n)) {
		put(st, t, &n);
		return true;
	}
	i = find_on(t, &n);
	if (i != NW_LRU_NONE) {
		nw_lru_remove(&t->lru, i);
		st->neighbours_generation++;
	}
	return true;
}
