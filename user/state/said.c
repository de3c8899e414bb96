/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ends of a flow said of themselves. Owns one store for each flow, touched by those that
 * said something, and a small table of what was said before its flow began (datagrams, and streams
 * that end soon): it waits there WAIT_NS at most. What finds no room is counted.
 *
 * Which protocol a flow speaks: content beats port, what is carried beats what carries it, and of
 * two that are equal the first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define WAIT_NS (30 * NW_NSEC_PER_SEC)

struct nw_waiting {
	uint64_t cookie;
	uint64_t since_ns;
	uint32_t slot;
	struct nw_said said;
};

int nw_saids_init(struct nw_saids *t, uint32_t flows, uint32_t waiting)
{
	int r = nw_lru_init(&t->waiting_lru, waiting);

	if (r < 0) {
		return r;
	}
	t->of_flow = calloc(flows, sizeof(*t->of_flow));
	t->waiting = calloc(waiting, sizeof(*t->waiting));
	return t->of_flow && t->waiting ? 0 : -ENOMEM;
}

void nw_saids_free(struct nw_saids *t)
{
	nw_lru_free(&t->waiting_lru);
	free(t->of_flow);
	free(t->waiting);
}

uint16_t nw_said_size(const struct nw_said *said)
{
	return said ? (uint16_t)(said->len + (said->protocol != NULL)) : 0;
}

static uint32_t hash_of(const struct nw_saids *t, uint64_t cookie, uint32_t slot)
{
	return (uint32_t)nw_hash_mix(nw_hash_mix(t->waiting_lru.seed, cookie), slot);
}

static uint32_t find(const struct nw_saids *t, uint64_t cookie, uint32_t slot)
{
	const struct nw_lru *lru = &t->waiting_lru;
	uint32_t i = nw_lru_first(lru, hash_of(t, cookie, slot));

	while (i != NW_LRU_NONE && (t->waiting[i].cookie != cookie || t->waiting[i].slot != slot)) {
		i = nw_lru_next(lru, i);
	}
	return i;
}

static void begin(struct nw_said *said)
{
	said->protocol = NULL;
	said->basis = NW_BASIS_NONE;
	said->depth = 0;
	said->is_cut = false;
	said->ways = 0;
	said->len = 0;
}

static struct nw_said *wait_for_flow(struct nw_state *st, uint64_t cookie, uint32_t slot)
{
	struct nw_saids *t = &st->saids;
	uint32_t i = find(t, cookie, slot);

	if (i != NW_LRU_NONE) {
		return &t->waiting[i].said;
	}
	if (t->waiting_lru.used == t->waiting_lru.capacity) {
		nw_state_lose(st, NW_LOSS_DECODE);
		nw_lru_remove(&t->waiting_lru, t->waiting_lru.oldest);
	}
	i = nw_lru_add(&t->waiting_lru, hash_of(t, cookie, slot));
	t->waiting[i].cookie = cookie;
	t->waiting[i].slot = slot;
	t->waiting[i].since_ns = st->now_ns;
	begin(&t->waiting[i].said);
	return &t->waiting[i].said;
}

static struct nw_said *of_flow(struct nw_state *st, struct nw_flow *f)
{
	struct nw_said *said = &st->saids.of_flow[f - st->flows];

	if (!f->said) {
		begin(said);
		f->said = said;
	}
	return said;
}

void nw_saids_on_head(struct nw_state *st, const struct nw_ev_head *head,
		      const struct nw_facts *facts)
{
	struct nw_flow *f = nw_flow_find(st, head->cookie, head->slot);
	struct nw_said *said = f ? of_flow(st, f) : wait_for_flow(st, head->cookie, head->slot);
	bool is_lost = facts->is_cut;

	if (facts->basis > said->basis ||
	    (facts->basis == said->basis && facts->depth > said->depth)) {
		said->protocol = facts->protocol;
		said->basis = facts->basis;
		said->depth = facts->depth;
		said->ways = 0;
	}
	if (facts->protocol == said->protocol) {
		said->ways |= head->ev.what == NW_HEAD_RX ? NW_SAID_THERE : NW_SAID_HERE;
	}
	for (unsigned i = 0; i < facts->attrs; i++) {
		is_lost |= nw_said_add(said, facts->attr[i].key, facts->attr[i].text,
				       facts->attr[i].len) < 0;
	}
	if (is_lost) {
		said->is_cut = true;
		nw_state_lose(st, NW_LOSS_DECODE);
	}
}

void nw_saids_on_flow(struct nw_state *st, struct nw_flow *f)
{
	struct nw_saids *t = &st->saids;
	struct nw_said *said;
	uint32_t i;

	if (t->waiting_lru.used == 0) {
		return;
	}
	i = find(t, f->cookie, f->slot);
	if (i == NW_LRU_NONE) {
		return;
	}
	said = of_flow(st, f);
	memcpy(said, &t->waiting[i].said, offsetof(struct nw_said, bytes) + t->waiting[i].said.len);
	nw_lru_remove(&t->waiting_lru, i);
}

void nw_saids_on_tick(struct nw_state *st)
{
	struct nw_saids *t = &st->saids;

	while (t->waiting_lru.oldest != NW_LRU_NONE &&
	       t->waiting[t->waiting_lru.oldest].since_ns + WAIT_NS <= st->now_ns) {
		nw_lru_remove(&t->waiting_lru, t->waiting_lru.oldest); /* nobody's: not ours */
	}
}
