/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns two bounded tables: names by address, and queries that wait for their response. Full tables
 * forget what is oldest, and count it. See name.h for what is told and what is learned.
 */
#include "state/name.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "dns_wire.h"
#include "state/name_text.h"
#include "util/lru.h"

enum {
	QUERIES_MIN = 1024,
	ASKERS_MAX = 8,	  /* of one address */
	TWINS_MAX = 16,	  /* queries with one id between the same two ports */
	FORGET_MAX = 256, /* names per tick: no tick takes long */
	CLASS_IN = 1,
};

struct learned {
	uint8_t addr[16];
	struct nw_proc_id asker;
	uint64_t learned_ns;
	uint64_t expires_ns;
	char name[NW_NAME_MAX];
};

/* What makes a query and its response one transaction, beside the question. */
struct ends {
	uint8_t client[16];
	uint8_t server[16];
	uint16_t client_port; /* host order */
	uint16_t server_port;
	uint16_t proto;
	uint16_t id;
	uint32_t netns; /* of loopback addresses, which every namespace has */
	uint32_t pad;
};

struct query {
	struct ends ends;
	struct nw_proc_id asker;
	uint8_t asked[16]; /* the address that the query went to */
	uint64_t query_ns;
	uint16_t flags;
	uint16_t qtype;
	uint16_t qclass;
	uint16_t question_len;
	bool is_client;
	char question[NW_DNS_NAME_MAX];
};

struct nw_names {
	struct nw_lru learned_lru;
	struct nw_lru query_lru;
	struct learned *learned;
	struct query *query;
	struct nw_given *given;
	uint64_t evicted;
	struct nw_dns message; /* an unanswered query */
};

int nw_names_new(uint32_t capacity, struct nw_names **ret)
{
	uint32_t queries = NW_MAX((uint32_t)QUERIES_MIN, capacity / 4);
	struct nw_names *n = calloc(1, sizeof(*n));
	int err;

	if (!n) {
		return -ENOMEM;
	}
	err = nw_lru_init(&n->learned_lru, capacity);
	err = err ? err : nw_lru_init(&n->query_lru, queries);
	if (!err) {
		n->learned = calloc(capacity, sizeof(*n->learned));
		n->query = calloc(queries, sizeof(*n->query));
		err = n->learned && n->query ? nw_given_new(capacity * 4, &n->given) : -ENOMEM;
	}
	if (err) {
		nw_names_free(n);
		return err;
	}
	*ret = n;
	return 0;
}

void nw_names_free(struct nw_names *names)
{
	if (!names) {
		return;
	}
	nw_lru_free(&names->learned_lru);
	nw_lru_free(&names->query_lru);
	nw_given_free(names->given);
	free(names->learned);
	free(names->query);
	free(names);
}

const struct nw_given *nw_names_given(const struct nw_names *names)
{
	return names->given;
}

uint32_t nw_names_used(const struct nw_names *names)
{
	return names->learned_lru.used;
}

uint64_t nw_names_evicted(const struct nw_names *names)
{
	return names->evicted;
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = nw_hash_mix(hash, word);
	}
	return hash;
}

static bool is_loopback(const uint8_t addr[16])
{
	static const uint8_t mapped[13] = { [10] = 0xff, [11] = 0xff, [12] = 127 };
	static const uint8_t v6[16] = { [15] = 1 };

	return memcmp(addr, mapped, sizeof(mapped)) == 0 || memcmp(addr, v6, sizeof(v6)) == 0;
}

/* ---- names by address ------------------------------------------------------------------------ */

static uint32_t hash_addr(const struct nw_names *n, const uint8_t addr[16])
{
	return (uint32_t)hash_bytes(n->learned_lru.seed, addr, 16);
}

static bool is_asker(const struct learned *l, const struct nw_proc_id *asker)
{
	return l->asker.start_ns == asker->start_ns && l->asker.tgid == asker->tgid;
}

static bool is_over(const struct learned *l, uint64_t now_ns)
{
	return now_ns > l->expires_ns + NW_NAME_GRACE_NS;
}

static void forget_name(struct nw_names *n, uint32_t i, uint64_t now_ns)
{
	n->evicted += !is_over(&n->learned[i], now_ns);
	nw_lru_remove(&n->learned_lru, i);
}

/* The entry of addr and asker; one more asker than an address may have takes the oldest's. */
static struct learned *take_name(struct nw_names *n, const uint8_t addr[16],
				 const struct nw_proc_id *asker, uint64_t now_ns)
{
	struct nw_lru *t = &n->learned_lru;
	uint32_t hash = hash_addr(n, addr);
	uint32_t oldest = NW_LRU_NONE;
	unsigned askers = 0;
	uint32_t i;

	for (i = nw_lru_first(t, hash); i != NW_LRU_NONE; i = nw_lru_next(t, i)) {
		const struct learned *l = &n->learned[i];

		if (memcmp(l->addr, addr, sizeof(l->addr)) != 0) {
			continue;
		}
		if (is_asker(l, asker)) {
			nw_lru_touch(t, i);
			return &n->learned[i];
		}
		if (oldest == NW_LRU_NONE || l->learned_ns < n->learned[oldest].learned_ns) {
			oldest = i;
		}
		askers++;
	}
	if (askers >= ASKERS_MAX) {
		forget_name(n, oldest, now_ns);
	} else if (t->used == t->capacity) {
		forget_name(n, t->oldest, now_ns);
	}
	i = nw_lru_add(t, hash);
	memcpy(n->learned[i].addr, addr, sizeof(n->learned[i].addr));
	n->learned[i].asker = *asker;
	return &n->learned[i];
}

static void learn(struct nw_names *n, const struct nw_dns *dns, const struct nw_proc_id *asker,
		  uint64_t now_ns)
{
	const char *question = nw_dns_text(dns, dns->question);
	uint16_t end;

	if (dns->opcode != 0 || dns->rcode != 0 || dns->qclass != CLASS_IN || !*question) {
		return;
	}
	nw_given_learn(n->given, dns);
	end = nw_name_chain_end(dns);
	for (unsigned i = 0; i < dns->answers_len; i++) {
		const struct nw_dns_answer *a = &dns->answer[i];
		uint64_t ttl_ns = a->ttl > INT32_MAX ? 0 : a->ttl * NW_NSEC_PER_SEC;
		struct learned *l;

		if (!a->is_addr || !nw_name_is_same(dns, a->name, end)) {
			continue;
		}
		l = take_name(n, a->addr, asker, now_ns);
		l->learned_ns = now_ns;
		l->expires_ns =
			now_ns + NW_MIN(NW_MAX(ttl_ns, NW_NAME_TTL_MIN_NS), NW_NAME_TTL_MAX_NS);
		nw_name_put(l->name, question);
	}
}

const char *nw_names_of(const struct nw_names *names, const uint8_t addr[16],
			const struct nw_proc_id *asker, uint64_t now_ns)
{
	const struct nw_lru *t = &names->learned_lru;
	const struct learned *best = NULL;

	for (uint32_t i = nw_lru_first(t, hash_addr(names, addr)); i != NW_LRU_NONE;
	     i = nw_lru_next(t, i)) {
		const struct learned *l = &names->learned[i];

		if (memcmp(l->addr, addr, sizeof(l->addr)) != 0 || l->learned_ns > now_ns ||
		    is_over(l, now_ns)) {
			continue;
		}
		if (asker && is_asker(l, asker)) {
			return l->name;
		}
		if (!best || l->learned_ns > best->learned_ns) {
			best = l;
		}
	}
	return best && !is_loopback(addr) ? best->name : NULL;
}

bool nw_names_is_own(const struct nw_names *names, const uint8_t addr[16],
		     const struct nw_proc_id *asker, const char *name)
{
	const struct nw_lru *t = &names->learned_lru;
	uint32_t i = nw_lru_first(t, hash_addr(names, addr));

	while (i != NW_LRU_NONE && !(memcmp(names->learned[i].addr, addr, 16) == 0 &&
				     is_asker(&names->learned[i], asker))) {
		i = nw_lru_next(t, i);
	}
	return i != NW_LRU_NONE && strcmp(names->learned[i].name, name) == 0;
}

/* ---- queries and responses ------------------------------------------------------------------- */

static bool is_client(const struct nw_ev_head *head, const struct nw_dns *dns)
{
	return (head->ev.what == NW_HEAD_TX) != dns->is_response;
}

static void find_ends(const struct nw_ev_head *head, const struct nw_dns *dns, struct ends *ret)
{
	bool here = is_client(head, dns);

	memcpy(ret->client, here ? head->laddr : head->raddr, sizeof(ret->client));
	memcpy(ret->server, here ? head->raddr : head->laddr, sizeof(ret->server));
	ret->client_port = ntohs(here ? head->lport_be : head->rport_be);
	ret->server_port = ntohs(here ? head->rport_be : head->lport_be);
	ret->proto = head->proto;
	ret->id = dns->id;
	ret->netns = is_loopback(ret->client) ? head->netns : 0;
	ret->pad = 0;
	if (ret->server_port == NW_PORT_MDNS || ret->server_port == NW_PORT_LLMNR) {
		memset(ret->server, 0,
		       sizeof(ret->server)); /* asked is a group, one of it answers */
	}
}

static bool is_same_question(const struct query *q, const struct nw_dns *dns)
{
	const char *name = nw_dns_text(dns, dns->question);

	if (!*name || q->question_len == 0) {
		return true; /* a server that could not read the query sends none back */
	}
	return q->qtype == dns->qtype && (memcmp(q->question, name, q->question_len + 1U) == 0 ||
					  strcasecmp(q->question, name) == 0);
}

static uint32_t hash_ends(const struct nw_names *n, const struct ends *ends)
{
	return (uint32_t)hash_bytes(n->query_lru.seed, ends, sizeof(*ends));
}

static uint32_t find_query(const struct nw_names *n, const struct ends *ends,
			   const struct nw_dns *dns)
{
	const struct nw_lru *t = &n->query_lru;
	uint32_t i = nw_lru_first(t, hash_ends(n, ends));

	while (i != NW_LRU_NONE && !(memcmp(&n->query[i].ends, ends, sizeof(*ends)) == 0 &&
				     is_same_question(&n->query[i], dns))) {
		i = nw_lru_next(t, i);
	}
	return i;
}

/* Room for one more: too many of one id, and a full table, cost the oldest. */
static uint32_t add_query(struct nw_names *n, const struct ends *ends)
{
	struct nw_lru *t = &n->query_lru;
	uint32_t hash = hash_ends(n, ends);
	uint32_t last = NW_LRU_NONE;
	unsigned twins = 0;

	for (uint32_t i = nw_lru_first(t, hash); i != NW_LRU_NONE; i = nw_lru_next(t, i)) {
		last = i;
		twins++;
	}
	if (twins < TWINS_MAX) {
		last = t->used == t->capacity ? t->oldest : NW_LRU_NONE;
	}
	if (last != NW_LRU_NONE) {
		nw_lru_remove(t, last);
		n->evicted++;
	}
	return nw_lru_add(t, hash);
}

static void on_query(struct nw_names *n, const struct nw_ev_head *head, const struct nw_dns *dns,
		     const struct ends *ends)
{
	uint32_t i = find_query(n, ends, dns);
	bool here = is_client(head, dns);
	const char *name = nw_dns_text(dns, dns->question);
	struct query *q;

	if (i != NW_LRU_NONE) {
		q = &n->query[i];
		if (here && !q->is_client) {
			q->is_client = true;
			q->asker = head->owner;
		}
		return;
	}
	q = &n->query[add_query(n, ends)];
	q->ends = *ends;
	q->asker = here ? head->owner : (struct nw_proc_id){ .tgid = 0 };
	memcpy(q->asked, here ? head->raddr : head->laddr, sizeof(q->asked));
	q->query_ns = head->ev.ts_ns;
	q->flags = dns->flags;
	q->qtype = dns->qtype;
	q->qclass = dns->qclass;
	q->is_client = here;
	q->question_len = (uint16_t)strlen(name);
	memcpy(q->question, name, q->question_len + 1U);
}

static void make_record(const struct nw_ev_head *head, const struct nw_dns *dns,
			struct nw_dns_record *ret)
{
	bool here = is_client(head, dns);

	*ret = (struct nw_dns_record){
		.msg = dns,
		.asker_id = here ? head->owner : (struct nw_proc_id){ .tgid = 0 },
		.server = here ? head->raddr : head->laddr,
		.client = here ? head->laddr : head->raddr,
		.server_port = ntohs(here ? head->rport_be : head->lport_be),
		.client_port = ntohs(here ? head->lport_be : head->rport_be),
		.proto = head->proto,
		.is_answered = true,
	};
}

static bool on_response(struct nw_names *n, const struct nw_ev_head *head, const struct nw_dns *dns,
			const struct ends *ends, struct nw_dns_record *ret)
{
	uint32_t i = find_query(n, ends, dns);
	bool here = is_client(head, dns);

	make_record(head, dns, ret);
	if (i == NW_LRU_NONE) {
		return here || (!is_loopback(ends->client) &&
				memcmp(head->laddr, head->raddr, sizeof(head->laddr)) != 0);
	}
	if (!here && n->query[i].is_client) {
		return false;
	}
	ret->query_ns = n->query[i].query_ns;
	ret->asker_id = n->query[i].asker;
	nw_lru_remove(&n->query_lru, i);
	if (here) {
		learn(n, dns, &ret->asker_id, head->ev.ts_ns);
	}
	return true;
}

bool nw_names_message(struct nw_names *names, const struct nw_ev_head *head,
		      const struct nw_dns *dns, struct nw_dns_record *ret)
{
	const uint16_t mdns = htons(NW_PORT_MDNS);
	struct ends ends;

	if (head->lport_be == mdns && head->rport_be == mdns) {
		return false;
	}
	find_ends(head, dns, &ends);
	if (dns->is_response) {
		return on_response(names, head, dns, &ends, ret);
	}
	on_query(names, head, dns, &ends);
	return false;
}

/* ---- time ------------------------------------------------------------------------------------ */

static void make_unanswered(struct nw_names *n, const struct query *q, struct nw_dns_record *ret)
{
	struct nw_dns *m = &n->message;

	m->id = q->ends.id;
	m->flags = q->flags;
	m->opcode = q->flags >> 11 & 15;
	m->is_truncated = false;
	m->qtype = q->qtype;
	m->qclass = q->qclass;
	m->question = q->question_len ? 1 : 0;
	m->text[0] = '\0';
	memcpy(m->text + 1, q->question, q->question_len + 1U);
	m->text_len = (uint16_t)(q->question_len + 2U);
	*ret = (struct nw_dns_record){
		.msg = m,
		.asker_id = q->asker,
		.server = q->asked,
		.client = q->ends.client,
		.server_port = q->ends.server_port,
		.client_port = q->ends.client_port,
		.proto = q->ends.proto,
		.query_ns = q->query_ns,
	};
}

void nw_names_tick(struct nw_names *names, uint64_t now_ns, nw_names_fn emit, void *ctx)
{
	struct nw_lru *queries = &names->query_lru;
	struct nw_lru *learned = &names->learned_lru;
	struct nw_dns_record record;

	while (queries->oldest != NW_LRU_NONE &&
	       names->query[queries->oldest].query_ns + NW_NAME_UNANSWERED_NS <= now_ns) {
		uint32_t i = queries->oldest;

		make_unanswered(names, &names->query[i], &record);
		nw_lru_remove(queries, i);
		emit(ctx, &record);
	}
	for (unsigned n = 0; n < FORGET_MAX && learned->oldest != NW_LRU_NONE &&
			     is_over(&names->learned[learned->oldest], now_ns);
	     n++) {
		nw_lru_remove(learned, learned->oldest);
	}
}
