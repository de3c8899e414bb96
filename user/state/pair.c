/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two flows that are one conversation, because both ends are on this host: addresses and ports of
 * one are those of the other, mirrored. Over loopback both are in one network namespace; over veth
 * and bridges in two, and then the pair must be the only one and none of it goes out of a physical
 * interface: a container may give itself any address. Owns the index of flows by their
 * ends, and the ends of the last GONE_MAX flows that ended alone: of a connection shorter than a
 * bin one end is told, and gone, before the other is heard of.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "util/text.h"

#define GONE_MAX 1024
#define SAME_MAX 64 /* flows of one pair of ends: more, and nobody can tell */

struct ends {
	uint8_t laddr[16], raddr[16];
	uint16_t lport, rport;
	uint16_t proto;
};

struct nw_gone {
	struct ends ends;
	uint32_t netns;
	bool is_away;
	uint64_t end_ns;
	struct nw_proc_id owner;
};

int nw_pairs_init(struct nw_pairs *p, uint32_t capacity)
{
	if (nw_lru_init(&p->live, capacity) < 0 || nw_lru_init(&p->gone, GONE_MAX) < 0) {
		return -ENOMEM;
	}
	p->flow = calloc(capacity, sizeof(*p->flow));
	p->gone_ends = calloc(GONE_MAX, sizeof(*p->gone_ends));
	return p->flow && p->gone_ends ? 0 : -ENOMEM;
}

void nw_pairs_free(struct nw_pairs *p)
{
	nw_lru_free(&p->live);
	nw_lru_free(&p->gone);
	free(p->flow);
	free(p->gone_ends);
}

/* ---- ends ----------------------------------------------------------------------------------- */

static uint64_t hash_end(uint64_t seed, const uint8_t addr[16], uint16_t port)
{
	uint64_t word[2];

	memcpy(word, addr, sizeof(word));
	return nw_hash_mix(nw_hash_mix(nw_hash_mix(seed, word[0]), word[1]), port);
}

/* The same from both sides. */
static uint32_t hash_of(const struct nw_state *st, const struct nw_flow *f)
{
	uint64_t seed = st->pairs.live.seed;

	return (uint32_t)nw_hash_mix(
		hash_end(seed, f->laddr, f->lport) + hash_end(seed, f->raddr, f->rport), f->proto);
}

/* ICMP has no ports: two that ping each other can't be told from two that ping themselves. */
static bool has_ends(const struct nw_flow *f)
{
	static const uint8_t none[16];

	return !(f->flags & NW_SOCK_FORWARDED) &&
	       (f->proto == IPPROTO_TCP || f->proto == IPPROTO_UDP ||
		f->proto == IPPROTO_UDPLITE) &&
	       f->lport && f->rport && memcmp(f->raddr, none, sizeof(none)) != 0;
}

static struct ends ends_of(const struct nw_flow *f)
{
	struct ends e = { .lport = f->lport, .rport = f->rport, .proto = f->proto };

	memcpy(e.laddr, f->laddr, sizeof(e.laddr));
	memcpy(e.raddr, f->raddr, sizeof(e.raddr));
	return e;
}

static bool is_mirror(const struct nw_flow *f, const struct ends *e)
{
	return f->lport == e->rport && f->rport == e->lport && f->proto == e->proto &&
	       memcmp(f->laddr, e->raddr, sizeof(f->laddr)) == 0 &&
	       memcmp(f->raddr, e->laddr, sizeof(f->raddr)) == 0;
}

enum closeness {
	APART, /* these can't be two ends of one thing */
	BESIDE,
	TOGETHER,
};

/* Its packets leave this host. */
static bool is_away(const struct nw_flow *f)
{
	return f->iface && f->iface->is_physical;
}

/* What goes over loopback never leaves its network namespace. */
static enum closeness closeness(const struct nw_flow *f, uint32_t netns, bool other_is_away)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (!f->netns || !netns || f->netns == netns) {
		return TOGETHER;
	}
	if (nw_addr_is_v4(f->raddr) ? f->raddr[12] == 127
				    : memcmp(f->raddr, one, sizeof(one)) == 0) {
		return APART;
	}
	return is_away(f) || other_is_away ? APART : BESIDE;
}

/* ---- looking -------------------------------------------------------------------------------- */

struct nw_flow *nw_flow_peer(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_lru *live = &st->pairs.live;
	const struct ends ends = ends_of(f);
	struct nw_flow *best = NULL;
	enum closeness how = APART;
	bool is_sure = false;
	unsigned seen = 0;

	if (!f->pair) {
		return NULL;
	}
	for (uint32_t i = nw_lru_first(live, live->link[f->pair - 1].hash); i != NW_LRU_NONE;
	     i = nw_lru_next(live, i)) {
		struct nw_flow *g = &st->flows[st->pairs.flow[i]];
		enum closeness c = is_mirror(g, &ends) ? closeness(f, g->netns, is_away(g)) : APART;

		if (++seen > SAME_MAX) {
			return NULL;
		}
		if (c > how) {
			best = g;
			how = c;
			is_sure = true;
		} else if (c == how && c != APART) { /* sockets of one process tell the same */
			is_sure = is_sure && g->owner == best->owner;
		}
	}
	return is_sure ? best : NULL;
}

/* Who was at the other end and is not any more; the last such one. */
static struct nw_proc *find_gone(const struct nw_state *st, const struct nw_flow *f, uint32_t hash)
{
	const struct nw_lru *gone = &st->pairs.gone;
	const struct nw_gone *best = NULL;
	enum closeness how = APART;

	for (uint32_t i = nw_lru_first(gone, hash); i != NW_LRU_NONE; i = nw_lru_next(gone, i)) {
		const struct nw_gone *g = &st->pairs.gone_ends[i];
		enum closeness c = APART;

		if (g->end_ns >= f->first_ns && is_mirror(f, &g->ends)) {
			c = closeness(f, g->netns, g->is_away);
		}
		if (c > how || (c == how && c != APART && g->end_ns > best->end_ns)) {
			best = g;
			how = c;
		}
	}
	return best ? nw_proc_find(st, &best->owner) : NULL;
}

/* ---- joining and parting -------------------------------------------------------------------- */

static void set_peer(struct nw_state *st, struct nw_flow *f, struct nw_proc *p)
{
	if (p && p != f->peer) {
		nw_proc_unref(st, f->peer);
		f->peer = nw_proc_ref(p);
	}
}

void nw_pair_join(struct nw_state *st, struct nw_flow *f)
{
	struct nw_pairs *p = &st->pairs;
	struct nw_flow *other;

	if (!has_ends(f)) {
		return;
	}
	if (!f->pair) { /* there is a place for each flow */
		f->pair = nw_lru_add(&p->live, hash_of(st, f)) + 1;
		p->flow[f->pair - 1] = (uint32_t)(f - st->flows);
	}
	other = nw_flow_peer(st, f);
	if (other) {
		set_peer(st, f, other->owner);
		set_peer(st, other, f->owner);
	} else {
		set_peer(st, f, find_gone(st, f, p->live.link[f->pair - 1].hash));
	}
}

static void remember(struct nw_pairs *p, const struct nw_flow *f, uint32_t hash)
{
	struct nw_gone *g;
	uint32_t i = nw_lru_add(&p->gone, hash);

	if (i == NW_LRU_NONE) {
		nw_lru_remove(&p->gone, p->gone.oldest);
		i = nw_lru_add(&p->gone, hash);
	}
	g = &p->gone_ends[i];
	*g = (struct nw_gone){
		.ends = ends_of(f),
		.netns = f->netns,
		.is_away = is_away(f),
		.end_ns = f->end_ns,
		.owner = f->owner->id,
	};
}

void nw_pair_part(struct nw_state *st, struct nw_flow *f)
{
	struct nw_pairs *p = &st->pairs;

	if (f->pair) {
		uint32_t hash = p->live.link[f->pair - 1].hash;

		nw_lru_remove(&p->live, f->pair - 1);
		f->pair = 0;
		if (f->end_ns && f->owner && !f->peer) {
			remember(p, f, hash);
		}
	}
	nw_proc_unref(st, f->peer);
	f->peer = NULL;
}
