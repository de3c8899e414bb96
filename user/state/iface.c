/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network interfaces of every namespace that could be read, as facts say: "iface.<netns>.<index>"
 * is "<kind> <name>", or nothing when it has gone. Owns the table. An interface that finds no room
 * takes the place of the oldest, and is counted as NW_LOSS_HOST.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define IFACES_MAX 4096

static const char front[] = "iface.";

int nw_ifaces_init(struct nw_ifaces *t)
{
	int r = nw_lru_init(&t->lru, IFACES_MAX);

	if (r < 0) {
		return r;
	}
	t->iface = calloc(IFACES_MAX, sizeof(*t->iface));
	return t->iface ? 0 : -ENOMEM;
}

void nw_ifaces_free(struct nw_ifaces *t)
{
	nw_lru_free(&t->lru);
	free(t->iface);
}

static uint32_t hash_of(const struct nw_ifaces *t, uint32_t netns, uint32_t index)
{
	return (uint32_t)nw_hash_mix(t->lru.seed, (uint64_t)netns << 32 | index);
}

static uint32_t find(const struct nw_ifaces *t, uint32_t netns, uint32_t index)
{
	uint32_t i = nw_lru_first(&t->lru, hash_of(t, netns, index));

	while (i != NW_LRU_NONE && (t->iface[i].netns != netns || t->iface[i].index != index)) {
		i = nw_lru_next(&t->lru, i);
	}
	return i;
}

const struct nw_iface *nw_iface_find(const struct nw_state *st, uint32_t netns, uint32_t index)
{
	uint32_t i = netns && index ? find(&st->ifaces, netns, index) : NW_LRU_NONE;

	return i == NW_LRU_NONE ? NULL : &st->ifaces.iface[i];
}

/* The kernel's own words (rtnl_link_ops::kind) for devices whose far end is somewhere else. */
static bool is_tunnel(const char *kind)
{
	static const char *const kinds[] = {
		"tun",	"wireguard", "ovpn",   "ppp",	    "ipip",   "ip6tnl",	   "sit",
		"gre",	"gretap",    "ip6gre", "ip6gretap", "erspan", "ip6erspan", "vti",
		"vti6", "xfrm",	     "vxlan",  "geneve",    "gtp",    "bareudp",   "amt",
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(kinds); i++) {
		if (strcmp(kind, kinds[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- facts ---------------------------------------------------------------------------------- */

/* "iface.<netns>.<index>" */
static bool take_key(const struct nw_ev_fact *e, uint32_t *ret_netns, uint32_t *ret_index)
{
	const char *end = e->tail + e->key_len;
	const char *p = nw_fact_u32(e->tail + sizeof(front) - 1, end, ret_netns);

	if (!p || p == end || *p != '.') {
		return false;
	}
	p = nw_fact_u32(p + 1, end, ret_index);
	return p == end && *ret_netns && *ret_index;
}

/* "<kind> <name>"; neither is longer than the kernel allows, or is taken for less. */
static bool take_value(const struct nw_ev_fact *e, struct nw_iface *ret)
{
	const char *value = e->tail + e->key_len;
	const char *space = memchr(value, ' ', e->value_len);
	size_t kind = space ? (size_t)(space - value) : 0;
	size_t name = space ? e->value_len - kind - 1 : 0;

	if (kind == 0 || kind >= sizeof(ret->kind) || name == 0 || name >= sizeof(ret->name) ||
	    memchr(value, '\0', e->value_len)) {
		return false;
	}
	memcpy(ret->kind, value, kind);
	memcpy(ret->name, space + 1, name);
	ret->is_tunnel = is_tunnel(ret->kind);
	ret->is_physical = strcmp(ret->kind, "physical") == 0;
	return true;
}

static void put(struct nw_state *st, const struct nw_iface *iface)
{
	struct nw_ifaces *t = &st->ifaces;
	uint32_t i = find(t, iface->netns, iface->index);

	if (i == NW_LRU_NONE) {
		uint32_t h = hash_of(t, iface->netns, iface->index);

		i = nw_lru_add(&t->lru, h);
		if (i == NW_LRU_NONE) {
			nw_lru_remove(&t->lru, t->lru.oldest);
			nw_state_lose(st, NW_LOSS_HOST);
			i = nw_lru_add(&t->lru, h);
		}
	}
	t->iface[i] = *iface;
}

bool nw_ifaces_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	struct nw_iface iface = { 0 };
	uint32_t i;

	if (e->key_len < sizeof(front) || memcmp(e->tail, front, sizeof(front) - 1) != 0) {
		return false;
	}
	if (!take_key(e, &iface.netns, &iface.index)) {
		return true;
	}
	i = find(&st->ifaces, iface.netns, iface.index);
	if (take_value(e, &iface)) {
		put(st, &iface);
	} else if (i != NW_LRU_NONE) {
		nw_lru_remove(&st->ifaces.lru, i);
	}
	st->ifaces.generation++;
	return true;
}
