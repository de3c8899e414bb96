/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports that others can reach. Owns the table. A datagram socket that is bound to one of the ports
 * which the kernel gives to clients (ip_local_port_range) is kept, to know who began a flow, but
 * makes no record: every DNS client binds one.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static uint32_t hash_of(const struct nw_state *st, uint64_t cookie)
{
	return (uint32_t)nw_hash_mix(st->listener_lru.seed, cookie);
}

int nw_listeners_init(struct nw_state *st, uint32_t capacity)
{
	int r = nw_lru_init(&st->listener_lru, capacity);

	if (r < 0) {
		return r;
	}
	st->listeners = calloc(capacity, sizeof(*st->listeners));
	return st->listeners ? 0 : -ENOMEM;
}

static uint32_t find(const struct nw_state *st, uint64_t cookie)
{
	uint32_t i = nw_lru_first(&st->listener_lru, hash_of(st, cookie));

	while (i != NW_LRU_NONE && st->listeners[i].cookie != cookie) {
		i = nw_lru_next(&st->listener_lru, i);
	}
	return i;
}

const struct nw_listener *nw_listener_find(const struct nw_state *st, uint32_t netns,
					   uint16_t proto, uint16_t port)
{
	uint32_t i = st->listener_lru.newest;

	for (; i != NW_LRU_NONE; i = st->listener_lru.link[i].older) {
		const struct nw_listener *l = &st->listeners[i];

		if (l->port == port && l->proto == proto && !l->end_ns &&
		    (l->netns == netns || !netns || !l->netns)) {
			return l;
		}
	}
	return NULL;
}

bool nw_listener_has(const struct nw_state *st, uint32_t netns, uint16_t proto, uint16_t port)
{
	return nw_listener_find(st, netns, proto, port);
}

bool nw_is_client_port(const struct nw_state *st, uint16_t port)
{
	return port >= st->port_low && port <= st->port_high;
}

static bool is_told(const struct nw_state *st, const struct nw_listener *l)
{
	return l->proto == IPPROTO_TCP || !nw_is_client_port(st, l->port);
}

static void release(struct nw_state *st, uint32_t i)
{
	nw_proc_unref(st, st->listeners[i].owner);
	st->listeners[i].owner = NULL;
	nw_lru_remove(&st->listener_lru, i);
}

static uint32_t add(struct nw_state *st, uint64_t cookie)
{
	uint32_t i = nw_lru_add(&st->listener_lru, hash_of(st, cookie));

	if (i == NW_LRU_NONE) {
		release(st, st->listener_lru.oldest);
		nw_state_lose(st, NW_LOSS_LISTENER_EVICTED);
		i = nw_lru_add(&st->listener_lru, hash_of(st, cookie));
	}
	return i;
}

void nw_listeners_on_event(struct nw_state *st, const struct nw_ev_sock *e)
{
	struct nw_flow *f = nw_flow_find(st, e->cookie, NW_SLOT_NONE);
	struct nw_proc *owner = nw_proc_get(st, &e->owner);
	struct nw_listener *l;
	uint32_t i = find(st, e->cookie);

	if (!owner && f) {
		owner = f->owner; /* where the event can't say it, the socket's opening did */
	}
	if (!owner && st->is_narrow && !(e->flags & NW_SOCK_NO_OWNER)) {
		return;
	}
	(void)nw_proc_ref(owner); /* before the old entry drops it */
	if (i != NW_LRU_NONE) {	  /* listen() again, or bound anew after a disconnect */
		release(st, i);
	}
	i = add(st, e->cookie);
	l = &st->listeners[i];
	*l = (struct nw_listener){
		.cookie = e->cookie,
		.netns = e->netns,
		.port = ntohs(e->lport_be),
		.proto = e->proto,
		.family = e->family,
		.is_found = e->flags & NW_SOCK_FOUND,
		.first_ns = e->ev.ts_ns,
		.owner = owner,
	};
	memcpy(l->addr, e->laddr, sizeof(l->addr));
	if (e->proto == IPPROTO_TCP) {
		nw_flow_forget(st, e->cookie);
	}
	if (is_told(st, l)) {
		nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_LISTENER,
						      .action = l->is_found ? NW_ACTION_FOUND
									    : NW_ACTION_START,
						      .listener = l });
	}
}

void nw_listeners_on_close(struct nw_state *st, const struct nw_ev_sock *e)
{
	uint32_t i = find(st, e->cookie);

	if (i == NW_LRU_NONE) {
		return;
	}
	st->listeners[i].end_ns = e->ev.ts_ns;
	if (is_told(st, &st->listeners[i])) {
		nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_LISTENER,
						      .action = NW_ACTION_END,
						      .listener = &st->listeners[i] });
	}
	release(st, i);
}
