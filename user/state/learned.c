/* SPDX-License-Identifier: Apache-2.0 */
/* See learned.h. */
#include "state/learned.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "state/name.h"

enum {
	NAMES_MAX = 16,	  /* of one address, by who asked and for what */
	FORGET_MAX = 256, /* names per tick: no tick takes long */
	LONG_MIN = 8,
};

int nw_learned_init(struct nw_learned *t, uint32_t capacity)
{
	uint32_t longs = NW_MAX((uint32_t)LONG_MIN, capacity / 8);
	int r = nw_lru_init(&t->lru, capacity);

	r = r < 0 ? r : nw_lru_init(&t->long_lru, longs);
	if (r < 0) {
		return r;
	}
	t->item = calloc(capacity, sizeof(*t->item));
	t->long_item = calloc(longs, sizeof(*t->long_item));
	return t->item && t->long_item ? 0 : -ENOMEM;
}

void nw_learned_free(struct nw_learned *t)
{
	nw_lru_free(&t->lru);
	nw_lru_free(&t->long_lru);
	free(t->item);
	free(t->long_item);
}

bool nw_name_is_loopback(const uint8_t addr[16])
{
	static const uint8_t mapped[13] = { [10] = 0xff, [11] = 0xff, [12] = 127 };
	static const uint8_t v6[16] = { [15] = 1 };

	return memcmp(addr, mapped, sizeof(mapped)) == 0 || memcmp(addr, v6, sizeof(v6)) == 0;
}

static uint32_t hash_addr(const struct nw_learned *t, const uint8_t addr[16])
{
	uint64_t word[2];

	memcpy(word, addr, sizeof(word));
	return (uint32_t)nw_hash_mix(nw_hash_mix(t->lru.seed, word[0]), word[1]);
}

static bool is_asker(const struct nw_learned_name *l, const struct nw_proc_id *asker)
{
	return nw_proc_id_is_same(&l->asker, asker);
}

static bool is_over(const struct nw_learned_name *l, uint64_t now_ns)
{
	return now_ns > l->expires_ns + NW_NAME_GRACE_NS;
}

static void drop(struct nw_learned *t, uint32_t i)
{
	if (t->item[i].long_one != NW_LRU_NONE) {
		nw_lru_remove(&t->long_lru, t->item[i].long_one);
	}
	nw_lru_remove(&t->lru, i);
}

static void forget_name(struct nw_learned *t, uint32_t i, uint64_t now_ns)
{
	t->evicted += !is_over(&t->item[i], now_ns);
	drop(t, i);
}

static void touch(struct nw_learned *t, uint32_t i)
{
	nw_lru_touch(&t->lru, i);
	if (t->item[i].long_one != NW_LRU_NONE) {
		nw_lru_touch(&t->long_lru, t->item[i].long_one);
	}
}

/* A new entry's name. With no room for one more long name, the oldest of those goes, entry and all. */
static void write_name(struct nw_learned *t, uint32_t i, const char name[NW_NAME_MAX],
		       uint64_t now_ns)
{
	struct nw_learned_name *l = &t->item[i];
	size_t size = strlen(name) + 1;
	struct nw_learned_long *text;

	l->long_one = NW_LRU_NONE;
	l->name = l->short_one;
	if (size <= sizeof(l->short_one)) {
		memcpy(l->short_one, name, size);
		return;
	}
	if (t->long_lru.used == t->long_lru.capacity) {
		forget_name(t, t->long_item[t->long_lru.oldest].owner, now_ns);
	}
	l->long_one = nw_lru_add(&t->long_lru, i);
	text = &t->long_item[l->long_one];
	text->owner = i;
	memcpy(text->name, name, size);
	l->name = text->name;
}

static uint32_t older(const struct nw_learned *t, uint32_t a, uint32_t b)
{
	return a == NW_LRU_NONE || t->item[b].asked_ns < t->item[a].asked_ns ? b : a;
}

/* The entry of addr, asker and name; one more than an address may have takes the oldest's: of the same name, if
 * there is one, since then the name stays known and nothing is lost. */
static struct nw_learned_name *take_name(struct nw_learned *book, const uint8_t addr[16],
					 const struct nw_proc_id *asker,
					 const char name[NW_NAME_MAX], uint64_t now_ns)
{
	struct nw_lru *t = &book->lru;
	uint32_t hash = hash_addr(book, addr);
	uint32_t oldest = NW_LRU_NONE;
	uint32_t like = NW_LRU_NONE; /* the oldest of this name */
	struct nw_learned_name *l;
	unsigned names = 0;
	uint32_t i;

	for (i = nw_lru_first(t, hash); i != NW_LRU_NONE; i = nw_lru_next(t, i)) {
		bool is_like;

		l = &book->item[i];
		if (memcmp(l->addr, addr, sizeof(l->addr)) != 0) {
			continue;
		}
		is_like = strcmp(l->name, name) == 0;
		if (is_like && is_asker(l, asker)) {
			touch(book, i);
			if (is_over(l, now_ns)) {
				l->learned_ns = now_ns;
			}
			return l;
		}
		if (is_like) {
			like = older(book, like, i);
		}
		oldest = older(book, oldest, i);
		names++;
	}
	if (names >= NAMES_MAX && like != NW_LRU_NONE) {
		drop(book, like);
	} else if (names >= NAMES_MAX) {
		forget_name(book, oldest, now_ns);
	} else if (t->used == t->capacity) {
		forget_name(book, t->oldest, now_ns);
	}
	i = nw_lru_add(t, hash);
	l = &book->item[i];
	memcpy(l->addr, addr, sizeof(l->addr));
	l->asker = *asker;
	l->learned_ns = now_ns;
	write_name(book, i, name, now_ns);
	return l;
}

void nw_learned_put(struct nw_learned *t, const struct nw_dns *dns, const struct nw_proc_id *asker,
		    const char *name, uint64_t now_ns)
{
	uint16_t end = nw_name_chain_end(dns);
	char kept[NW_NAME_MAX];

	nw_name_put(kept, name);
	for (unsigned i = 0; i < dns->answers_len; i++) {
		const struct nw_dns_answer *a = &dns->answer[i];
		uint64_t ttl_ns = a->ttl > INT32_MAX ? 0 : a->ttl * NW_NSEC_PER_SEC;
		struct nw_learned_name *l;

		if (!a->is_addr || !nw_name_is_same(dns, a->name, end)) {
			continue;
		}
		l = take_name(t, a->addr, asker, kept, now_ns);
		l->asked_ns = now_ns;
		l->expires_ns =
			now_ns + NW_MIN(NW_MAX(ttl_ns, NW_NAME_TTL_MIN_NS), NW_NAME_TTL_MAX_NS);
	}
}

/* When it was asked for, as far as that was before. */
static uint64_t asked_before(const struct nw_learned_name *l, uint64_t now_ns)
{
	return l->asked_ns <= now_ns ? l->asked_ns : l->learned_ns;
}

/* The asker's own go first, then the last one. */
static bool is_better(const struct nw_learned_name *l, const struct nw_learned_name *best,
		      const struct nw_proc_id *asker, uint64_t now_ns)
{
	bool own = asker && is_asker(l, asker);
	bool own_best = best && asker && is_asker(best, asker);

	return !best || own > own_best ||
	       (own == own_best && asked_before(l, now_ns) > asked_before(best, now_ns));
}

const struct nw_learned_name *nw_learned_find(const struct nw_learned *t, const uint8_t addr[16],
					      const struct nw_proc_id *asker, uint64_t now_ns)
{
	const struct nw_learned_name *best = NULL;

	for (uint32_t i = nw_lru_first(&t->lru, hash_addr(t, addr)); i != NW_LRU_NONE;
	     i = nw_lru_next(&t->lru, i)) {
		const struct nw_learned_name *l = &t->item[i];

		if (memcmp(l->addr, addr, sizeof(l->addr)) == 0 && l->learned_ns <= now_ns &&
		    !is_over(l, now_ns) && is_better(l, best, asker, now_ns)) {
			best = l;
		}
	}
	return best && nw_name_is_loopback(addr) && !(asker && is_asker(best, asker)) ? NULL : best;
}

bool nw_learned_is_own(const struct nw_learned *t, const uint8_t addr[16],
		       const struct nw_proc_id *asker, const char *name)
{
	uint32_t i = nw_lru_first(&t->lru, hash_addr(t, addr));

	while (i != NW_LRU_NONE &&
	       !(memcmp(t->item[i].addr, addr, 16) == 0 && is_asker(&t->item[i], asker) &&
		 strcmp(t->item[i].name, name) == 0)) {
		i = nw_lru_next(&t->lru, i);
	}
	return i != NW_LRU_NONE;
}

void nw_learned_tick(struct nw_learned *t, uint64_t now_ns)
{
	const struct nw_lru *lru = &t->lru;

	for (unsigned n = 0;
	     n < FORGET_MAX && lru->oldest != NW_LRU_NONE && is_over(&t->item[lru->oldest], now_ns);
	     n++) {
		drop(t, lru->oldest);
	}
}
