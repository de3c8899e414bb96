/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who connected to which name of a Unix socket, and when at last. A connection for one question is over
 * before anybody looks at open files. Owns a bounded table; the oldest goes when it is full, and is counted
 * while it is of use.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define CONNECTS_MAX 1024
#define LOOKS_MAX    256 /* of one name */
#define USE_NS	     (2 * NW_NSEC_PER_SEC)
#define APART_NS     (500 * NW_NSEC_PER_MSEC)

int nw_connects_init(struct nw_state *st)
{
	struct nw_connects *t = &st->connects;

	t->connect = calloc(CONNECTS_MAX, sizeof(*t->connect));
	return t->connect ? nw_lru_init(&t->lru, CONNECTS_MAX) : -ENOMEM;
}

void nw_connects_free(struct nw_state *st)
{
	nw_lru_free(&st->connects.lru);
	free(st->connects.connect);
}

struct nw_object nw_object_of_name(uint64_t name)
{
	return (struct nw_object){ .id = name, .via = NW_VIA_UNIX };
}

static uint32_t hash_of(const struct nw_connects *t, uint64_t name)
{
	return (uint32_t)nw_hash_mix(t->lru.seed, name);
}

static struct nw_connect *find(struct nw_connects *t, uint64_t name, const struct nw_proc_id *id)
{
	unsigned looks = 0;

	for (uint32_t i = nw_lru_first(&t->lru, hash_of(t, name));
	     i != NW_LRU_NONE && looks++ < LOOKS_MAX; i = nw_lru_next(&t->lru, i)) {
		if (t->connect[i].name == name && nw_proc_id_is_same(&t->connect[i].id, id)) {
			nw_lru_touch(&t->lru, i);
			return &t->connect[i];
		}
	}
	return NULL;
}

static struct nw_connect *add(struct nw_state *st, uint64_t name)
{
	struct nw_connects *t = &st->connects;
	uint32_t i = nw_lru_add(&t->lru, hash_of(t, name));

	if (i == NW_LRU_NONE) {
		if (t->connect[t->lru.oldest].at_ns + USE_NS >= st->now_ns) {
			nw_state_lose(st, NW_LOSS_HOLD_EVICTED);
		}
		nw_lru_remove(&t->lru, t->lru.oldest);
		i = nw_lru_add(&t->lru, hash_of(t, name));
	}
	return &t->connect[i];
}

void nw_connects_on_fd(struct nw_state *st, const struct nw_ev_fd *e)
{
	const struct nw_object listens = nw_object_of_name(e->peer_inode);
	struct nw_connect *c;

	if (!nw_hold_first_user(&st->holds, &listens)) {
		return; /* to nobody: each program of glibc's tries nscd */
	}
	c = find(&st->connects, e->peer_inode, &e->self);
	c = c ? c : add(st, e->peer_inode);
	*c = (struct nw_connect){ .name = e->peer_inode, .id = e->self, .at_ns = e->ev.ts_ns };
}

void nw_connects_of(const struct nw_state *st, uint64_t name, uint64_t at_ns,
		    struct nw_connected *ret)
{
	const struct nw_connects *t = &st->connects;
	unsigned looks = 0;

	for (uint32_t i = nw_lru_first(&t->lru, hash_of(t, name));
	     i != NW_LRU_NONE && looks++ < LOOKS_MAX; i = nw_lru_next(&t->lru, i)) {
		const struct nw_connect *c = &t->connect[i];

		if (c->name != name || c->at_ns > at_ns || at_ns > c->at_ns + USE_NS ||
		    (ret->last && nw_proc_id_is_same(&ret->last->id, &c->id))) {
			continue;
		}
		if (!ret->last || c->at_ns > ret->last->at_ns) {
			ret->before_ns = ret->last ? ret->last->at_ns : ret->before_ns;
			ret->last = c;
		} else {
			ret->before_ns = NW_MAX(ret->before_ns, c->at_ns);
		}
	}
}

bool nw_connected_is_one(const struct nw_connected *c)
{
	return c->last && (!c->before_ns || c->last->at_ns > c->before_ns + APART_NS);
}
