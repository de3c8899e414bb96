/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See given.h. Owns one bounded table of 64-bit hashes. Two things that share one are taken for the
 * same: with 65,536 entries that is one question in 10^14, and it can only make nvrwatch say less.
 */
#include "state/given.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns_wire.h"
#include "util/lru.h"

enum {
	NAMES_MAX = 8, /* on the way from the question to an address */
};

struct nw_given {
	struct nw_lru lru;
	uint64_t *key;
};

int nw_given_new(uint32_t capacity, struct nw_given **ret)
{
	struct nw_given *g = calloc(1, sizeof(*g));
	int r;

	if (!g) {
		return -ENOMEM;
	}
	r = nw_lru_init(&g->lru, capacity);
	if (!r) {
		g->key = calloc(capacity, sizeof(*g->key));
		r = g->key ? 0 : -ENOMEM;
	}
	if (r) {
		nw_given_free(g);
		return r;
	}
	*ret = g;
	return 0;
}

void nw_given_free(struct nw_given *g)
{
	if (g) {
		nw_lru_free(&g->lru);
		free(g->key);
		free(g);
	}
}

uint32_t nw_given_used(const struct nw_given *g)
{
	return g->lru.used;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* In lower case; the bytes are mixed by eights. */
static uint64_t key_of_name(const struct nw_given *g, const char *name)
{
	uint64_t hash = g->lru.seed;
	uint64_t word = 0;
	size_t n = 0;

	for (; name[n] && !(name[n] == '.' && name[n + 1] == '\0'); n++) {
		char c = name[n];

		word = word << 8 | (uint8_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
		if (n % 8 == 7) {
			hash = nw_hash_mix(hash, word);
			word = 0;
		}
	}
	return nw_hash_mix(nw_hash_mix(hash, word), n);
}

static uint64_t key_of_address(uint64_t name, const uint8_t addr[16])
{
	uint64_t word[2];

	memcpy(word, addr, sizeof(word));
	return nw_hash_mix(nw_hash_mix(name, word[0]), word[1]);
}

static uint64_t key_of_pointer(uint64_t from, uint64_t to)
{
	return nw_hash_mix(nw_hash_mix(1, from), to);
}

static uint32_t find(const struct nw_given *g, uint64_t key)
{
	uint32_t i = nw_lru_first(&g->lru, (uint32_t)key);

	while (i != NW_LRU_NONE && g->key[i] != key) {
		i = nw_lru_next(&g->lru, i);
	}
	return i;
}

static void put(struct nw_given *g, uint64_t key)
{
	uint32_t i = find(g, key);

	if (i != NW_LRU_NONE) {
		nw_lru_touch(&g->lru, i);
		return;
	}
	if (g->lru.used == g->lru.capacity) {
		nw_lru_remove(&g->lru, g->lru.oldest);
	}
	i = nw_lru_add(&g->lru, (uint32_t)key);
	g->key[i] = key;
}

/* ---- in and out ------------------------------------------------------------------------------ */

/* Of "_https._tcp.example.org" what is asked about is example.org: RFC 2782, 9460. */
static const char *subject_of(const char *name)
{
	while (*name == '_' && strchr(name, '.')) {
		name = strchr(name, '.') + 1;
	}
	return name;
}

/* Of what else names something (PTR, NS) the owner of the one says nothing of the other. */
static bool is_pointer(uint16_t type)
{
	return type == NW_DNS_TYPE_CNAME || type == NW_DNS_TYPE_MX || type == NW_DNS_TYPE_SRV ||
	       type == NW_DNS_TYPE_SVCB || type == NW_DNS_TYPE_HTTPS;
}

/* The names that the question's addresses go by: itself, and what its CNAMEs say. */
static unsigned read_names(struct nw_given *g, const struct nw_dns *dns, uint64_t ret[NAMES_MAX])
{
	unsigned names = 1;

	ret[0] = key_of_name(g, subject_of(nw_dns_text(dns, dns->question)));
	for (unsigned i = 0; i < dns->answers_len; i++) {
		const struct nw_dns_answer *a = &dns->answer[i];
		uint64_t key;

		if (a->is_addr || !is_pointer(a->type) || !*nw_dns_text(dns, a->data)) {
			continue;
		}
		key = key_of_name(g, nw_dns_text(dns, a->data));
		put(g, key_of_pointer(ret[0], key));
		if (a->type == NW_DNS_TYPE_CNAME && names < NAMES_MAX) {
			ret[names++] = key;
		}
	}
	return names;
}

void nw_given_learn(struct nw_given *g, const struct nw_dns *dns)
{
	uint64_t name[NAMES_MAX];
	unsigned names;

	if (dns->answers_len == 0) {
		return;
	}
	names = read_names(g, dns, name);
	put(g, name[0]);
	for (unsigned i = 0; i < NW_MIN(dns->answers_len, (unsigned)NW_DNS_ANSWERS_MAX); i++) {
		for (unsigned n = 0; dns->answer[i].is_addr && n < names; n++) {
			put(g, name[n]);
			put(g, key_of_address(name[n], dns->answer[i].addr));
		}
	}
}

bool nw_given_is_resolved(const struct nw_given *g, const char *name)
{
	return find(g, key_of_name(g, name)) != NW_LRU_NONE;
}

bool nw_given_has_address(const struct nw_given *g, const char *name, const uint8_t addr[16])
{
	return find(g, key_of_address(key_of_name(g, name), addr)) != NW_LRU_NONE;
}

bool nw_given_points_to(const struct nw_given *g, const char *from, const char *to)
{
	return find(g, key_of_pointer(key_of_name(g, from), key_of_name(g, to))) != NW_LRU_NONE;
}
