/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See asker.h. Owns three bounded tables: questions that were put to a resolver of this host,
 * sockets through which resolvers ask, and the resolvers. Full tables forget what is oldest. A
 * question is known by a hash of 64 bits: two that share one are one in 10^16 in a full table, and
 * only of one resolver at one time.
 */
#include "state/asker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "util/lru.h"

enum {
	SAME_MAX = 16, /* that ask one resolver the same at a time */
	RESOLVERS = 32,
};

struct socket_row {
	uint64_t cookie;
	uint64_t last_ns;
	struct nw_asker asker; /* of the last question that was somebody's */
	uint32_t others, own;  /* questions */
};

struct resolver_row {
	struct nw_proc_id id;
	struct nw_asker asker;
	uint64_t last_ns;
};

struct nw_askers {
	struct nw_lru ask_lru, socket_lru, resolver_lru;
	struct nw_ask *ask;
	struct socket_row *socket;
	struct resolver_row *resolver;
};

int nw_askers_new(uint32_t capacity, struct nw_askers **ret)
{
	struct nw_askers *a = calloc(1, sizeof(*a));

	if (!a) {
		return -ENOMEM;
	}
	a->ask = calloc(capacity, sizeof(*a->ask));
	a->socket = calloc(capacity, sizeof(*a->socket));
	a->resolver = calloc(RESOLVERS, sizeof(*a->resolver));
	if (!a->ask || !a->socket || !a->resolver || nw_lru_init(&a->ask_lru, capacity) < 0 ||
	    nw_lru_init(&a->socket_lru, capacity) < 0 ||
	    nw_lru_init(&a->resolver_lru, RESOLVERS) < 0) {
		nw_askers_free(a);
		return -ENOMEM;
	}
	*ret = a;
	return 0;
}

void nw_askers_free(struct nw_askers *a)
{
	if (!a) {
		return;
	}
	nw_lru_free(&a->ask_lru);
	nw_lru_free(&a->socket_lru);
	nw_lru_free(&a->resolver_lru);
	free(a->ask);
	free(a->socket);
	free(a->resolver);
	free(a);
}

uint32_t nw_askers_used(const struct nw_askers *a)
{
	return a->ask_lru.used;
}

/* Case means nothing in a name, and resolvers vary it on purpose. */
static uint64_t hash_question(const struct nw_askers *a, const char *name, uint16_t type)
{
	uint64_t h = nw_hash_mix(a->ask_lru.seed, type);

	for (; *name; name++) {
		uint8_t c = (uint8_t)*name;

		h = nw_hash_mix(h, c >= 'A' && c <= 'Z' ? c + 32U : c);
	}
	return h;
}

/* ---- questions ------------------------------------------------------------------------------ */

static bool is_of(const struct nw_ask *q, const struct nw_ask_key *k, uint64_t question)
{
	return q->question == question && nw_proc_id_is_same(&q->resolver, &k->resolver);
}

/* The resolver can have asked k because of it. It may have come while k was on its way. */
static bool is_cause(const struct nw_ask *q, const struct nw_ask_key *k)
{
	return q->at_ns <= k->now_ns && k->sent_ns <= q->at_ns + NW_ASKER_WAITS_NS &&
	       (!q->answered_ns || k->sent_ns <= q->answered_ns + NW_ASKER_GRACE_NS);
}

/* The process's own entry, or a free one; *ret_lost counts what had to go while it was of use. */
static struct nw_ask *take(struct nw_askers *a, const struct nw_ask_key *k, uint64_t question,
			   const struct nw_proc_id *asker, unsigned *ret_lost)
{
	struct nw_lru *t = &a->ask_lru;
	uint32_t hash = (uint32_t)nw_proc_id_hash(question, &k->resolver);
	uint32_t oldest = NW_LRU_NONE;
	unsigned same = 0;
	uint32_t i;

	for (i = nw_lru_first(t, hash); i != NW_LRU_NONE; i = nw_lru_next(t, i)) {
		if (is_of(&a->ask[i], k, question) && nw_proc_id_is_same(&a->ask[i].asker, asker)) {
			nw_lru_touch(t, i);
			return &a->ask[i];
		}
		if (oldest == NW_LRU_NONE || a->ask[i].at_ns < a->ask[oldest].at_ns) {
			oldest = i;
		}
		same++;
	}
	if (same < SAME_MAX) {
		oldest = t->used == t->capacity ? t->oldest : NW_LRU_NONE;
	}
	if (oldest != NW_LRU_NONE) {
		const struct nw_ask *o = &a->ask[oldest];

		*ret_lost += !o->answered_ns && k->now_ns <= o->at_ns + NW_ASKER_WAITS_NS;
		nw_lru_remove(t, oldest);
	}
	i = nw_lru_add(t, hash);
	a->ask[i] = (struct nw_ask){ .resolver = k->resolver, .asker = *asker };
	a->ask[i].question = question;
	return &a->ask[i];
}

static unsigned put(struct nw_askers *a, const struct nw_ask_key *k, const char *asked_as,
		    const struct nw_proc_id *asker)
{
	unsigned lost = 0;
	struct nw_ask *q = take(a, k, hash_question(a, k->name, k->type), asker, &lost);

	q->at_ns = k->sent_ns;
	q->answered_ns = 0;
	nw_name_put(q->name, asked_as);
	return lost;
}

/* Of one moment, the one with the lower pid. */
static bool is_before(const struct nw_ask *a, const struct nw_ask *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->asker.tgid < b->asker.tgid;
}

unsigned nw_askers_of(const struct nw_askers *a, const struct nw_ask_key *k,
		      const struct nw_ask *ret[NW_ASKERS_MAX], struct nw_asker *ret_all)
{
	const struct nw_lru *t = &a->ask_lru;
	uint64_t question = hash_question(a, k->name, k->type);
	uint32_t i = nw_lru_first(t, (uint32_t)nw_proc_id_hash(question, &k->resolver));
	unsigned n = 0;

	*ret_all = (struct nw_asker){ .how = NW_ASKER_NONE };
	for (; i != NW_LRU_NONE; i = nw_lru_next(t, i)) {
		const struct nw_ask *q = &a->ask[i];

		if (!is_of(q, k, question) || !is_cause(q, k)) {
			continue;
		}
		ret_all->count++;
		if (n == 0 || is_before(q, ret[0])) {
			if (n > 0 && n < NW_ASKERS_MAX) {
				ret[n] = ret[0];
			}
			ret[0] = q;
			n += n < NW_ASKERS_MAX;
		} else if (n < NW_ASKERS_MAX) {
			ret[n++] = q;
		}
	}
	if (n > 0) {
		ret_all->id = ret[0]->asker;
		ret_all->how = NW_ASKER_QUESTION;
	}
	return n;
}

static void note_resolver(struct nw_askers *a, const struct nw_ask_key *k,
			  const struct nw_proc_id *asker)
{
	struct nw_lru *t = &a->resolver_lru;
	uint32_t hash = (uint32_t)nw_proc_id_hash(t->seed, &k->resolver);
	uint32_t i = nw_lru_first(t, hash);

	while (i != NW_LRU_NONE && !nw_proc_id_is_same(&a->resolver[i].id, &k->resolver)) {
		i = nw_lru_next(t, i);
	}
	if (i != NW_LRU_NONE) {
		nw_lru_touch(t, i);
	} else {
		if (t->used == t->capacity) {
			nw_lru_remove(t, t->oldest);
		}
		i = nw_lru_add(t, hash);
		a->resolver[i] = (struct resolver_row){ .id = k->resolver };
	}
	a->resolver[i].last_ns = k->sent_ns;
	a->resolver[i].asker = (struct nw_asker){ .id = *asker, .count = 1, .how = NW_ASKER_TIME };
}

unsigned nw_askers_ask(struct nw_askers *a, const struct nw_ask_key *k,
		       const struct nw_proc_id *asker)
{
	const struct nw_ask_key own = { .resolver = *asker,
					.name = k->name,
					.type = k->type,
					.sent_ns = k->sent_ns,
					.now_ns = k->now_ns };
	const struct nw_ask *behind[NW_ASKERS_MAX];
	struct nw_proc_id id[NW_ASKERS_MAX];
	char name[NW_ASKERS_MAX][NW_NAME_MAX];
	struct nw_asker all;
	unsigned n = nw_askers_of(a, &own, behind, &all);
	unsigned lost = 0;

	if (n == 0) {
		note_resolver(a, k, asker);
		return put(a, k, k->name, asker);
	}
	for (unsigned i = 0; i < n; i++) { /* put() may take the place of one of them */
		id[i] = behind[i]->asker;
		memcpy(name[i], behind[i]->name, sizeof(name[i]));
	}
	note_resolver(a, k, &id[0]);
	for (unsigned i = 0; i < n; i++) {
		if (!nw_proc_id_is_same(&id[i], &k->resolver)) { /* a ring asks for nobody */
			lost += put(a, k, name[i], &id[i]);
		}
	}
	return lost;
}

void nw_askers_answered(struct nw_askers *a, const struct nw_ask_key *k,
			const struct nw_proc_id *asker)
{
	const struct nw_lru *t = &a->ask_lru;
	uint64_t question = hash_question(a, k->name, k->type);
	uint32_t i = nw_lru_first(t, (uint32_t)nw_proc_id_hash(question, &k->resolver));

	for (; i != NW_LRU_NONE; i = nw_lru_next(t, i)) {
		struct nw_ask *q = &a->ask[i];

		if (is_of(q, k, question) && nw_proc_id_is_same(&q->asker, asker) &&
		    !q->answered_ns) {
			q->answered_ns = k->now_ns;
		}
	}
}

unsigned nw_askers_follow(struct nw_askers *a, const struct nw_ask_key *k, const char *name)
{
	const struct nw_ask *behind[NW_ASKERS_MAX];
	struct nw_ask copy[NW_ASKERS_MAX];
	struct nw_ask_key on = *k;
	struct nw_asker all;
	unsigned n = nw_askers_of(a, k, behind, &all);
	unsigned lost = 0;

	for (unsigned i = 0; i < n; i++) {
		copy[i] = *behind[i];
	}
	on.name = name;
	for (unsigned i = 0; i < n; i++) {
		on.sent_ns = copy[i].at_ns; /* it waits no longer than it did */
		lost += put(a, &on, copy[i].name, &copy[i].asker);
	}
	return lost;
}

/* ---- sockets and resolvers ------------------------------------------------------------------ */

static uint32_t hash_cookie(const struct nw_askers *a, uint64_t cookie)
{
	return (uint32_t)nw_hash_mix(a->socket_lru.seed, cookie);
}

static uint32_t find_socket(const struct nw_askers *a, uint64_t cookie)
{
	uint32_t i = nw_lru_first(&a->socket_lru, hash_cookie(a, cookie));

	while (i != NW_LRU_NONE && a->socket[i].cookie != cookie) {
		i = nw_lru_next(&a->socket_lru, i);
	}
	return i;
}

void nw_askers_sent(struct nw_askers *a, uint64_t cookie, const struct nw_asker *asker,
		    uint64_t now_ns)
{
	struct nw_lru *t = &a->socket_lru;
	uint32_t i = find_socket(a, cookie);

	if (i == NW_LRU_NONE && !asker) {
		return; /* whoever asks for itself needs no place */
	}
	if (i == NW_LRU_NONE) {
		if (t->used == t->capacity) {
			nw_lru_remove(t, t->oldest);
		}
		i = nw_lru_add(t, hash_cookie(a, cookie));
		a->socket[i] = (struct socket_row){ .cookie = cookie };
	} else {
		nw_lru_touch(t, i);
	}
	a->socket[i].last_ns = now_ns;
	a->socket[i].others += asker != NULL;
	a->socket[i].own += asker == NULL;
	if (asker) {
		a->socket[i].asker = *asker;
	}
}

/* A resolver asks beside what it was asked: name servers, keys, shorter names first. */
bool nw_askers_of_socket(const struct nw_askers *a, uint64_t cookie, struct nw_asker *ret)
{
	uint32_t i = find_socket(a, cookie);

	if (i == NW_LRU_NONE || a->socket[i].own > 4 * a->socket[i].others) {
		return false;
	}
	*ret = a->socket[i].asker;
	return true;
}

bool nw_askers_of_resolver(const struct nw_askers *a, const struct nw_proc_id *resolver,
			   struct nw_asker *ret, uint64_t *ret_ns)
{
	const struct nw_lru *t = &a->resolver_lru;
	uint32_t i = nw_lru_first(t, (uint32_t)nw_proc_id_hash(t->seed, resolver));

	while (i != NW_LRU_NONE && !nw_proc_id_is_same(&a->resolver[i].id, resolver)) {
		i = nw_lru_next(t, i);
	}
	if (i == NW_LRU_NONE) {
		return false;
	}
	*ret = a->resolver[i].asker;
	*ret_ns = a->resolver[i].last_ns;
	return true;
}
