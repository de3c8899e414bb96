/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the table of queries that wait for their response, and with it what they teach: names by
 * address (learned.h), whatever was given (given.h), and for whom resolvers of this host ask
 * (asker.h). Full tables forget what is oldest, and count it. See name.h for what is told.
 */
#include "state/name.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "dns_wire.h"
#include "state/asker.h"
#include "state/learned.h"
#include "state/name_text.h"
#include "util/lru.h"

enum {
	QUERIES_MIN = 1024,
	TWINS_MAX = 16, /* queries with one id between the same two ports */
	CLASS_IN = 1,
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
	struct nw_proc_id resolver; /* who was asked, if that is a process of this host */
	uint8_t asked[16];	    /* the address that the query went to */
	uint64_t query_ns;
	uint16_t flags;
	uint16_t qtype;
	uint16_t qclass;
	uint16_t question_len;
	bool is_client;
	bool is_handed_on; /* the resolver's own questions can be for this one */
	char question[NW_DNS_NAME_MAX];
};

struct nw_names {
	struct nw_learned learned;
	struct nw_lru query_lru;
	struct query *query;
	struct nw_given *given;
	struct nw_askers *askers;
	struct nw_asker asker; /* of the message that was handled last */
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
	err = nw_learned_init(&n->learned, capacity);
	err = err ? err : nw_lru_init(&n->query_lru, queries);
	if (!err) {
		n->query = calloc(queries, sizeof(*n->query));
		err = n->query ? nw_given_new(capacity * 4, &n->given) : -ENOMEM;
		err = err ? err : nw_askers_new(queries, &n->askers);
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
	nw_learned_free(&names->learned);
	nw_lru_free(&names->query_lru);
	nw_given_free(names->given);
	nw_askers_free(names->askers);
	free(names->query);
	free(names);
}

const struct nw_given *nw_names_given(const struct nw_names *names)
{
	return names->given;
}

const struct nw_askers *nw_names_askers(const struct nw_names *names)
{
	return names->askers;
}

const struct nw_asker *nw_names_asker(const struct nw_names *names)
{
	return &names->asker;
}

uint32_t nw_names_used(const struct nw_names *names)
{
	return names->learned.lru.used;
}

uint64_t nw_names_evicted(const struct nw_names *names)
{
	return names->evicted + names->learned.evicted;
}

const char *nw_names_of(const struct nw_names *names, const uint8_t addr[16],
			const struct nw_proc_id *asker, uint64_t now_ns)
{
	const struct nw_learned_name *l = nw_learned_find(&names->learned, addr, asker, now_ns);

	return l ? l->name : NULL;
}

bool nw_names_is_own(const struct nw_names *names, const uint8_t addr[16],
		     const struct nw_proc_id *asker, const char *name)
{
	return nw_learned_is_own(&names->learned, addr, asker, name);
}

const struct nw_learned_name *nw_names_behind(const struct nw_names *names, const uint8_t addr[16],
					      const struct nw_proc_id *asker, uint64_t now_ns)
{
	return nw_learned_find(&names->learned, addr, asker, now_ns);
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
	ret->netns = nw_name_is_loopback(ret->client) ? head->netns : 0;
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
	return (uint32_t)nw_hash_bytes(n->query_lru.seed, ends, sizeof(*ends));
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

/* What a client asked (resolver: of whom; or who the client itself is), as it is kept for others. */
static struct nw_ask_key key_of(const struct query *q, const struct nw_proc_id *resolver,
				uint64_t now_ns)
{
	return (struct nw_ask_key){ .resolver = *resolver,
				    .name = q->question,
				    .type = q->qtype,
				    .sent_ns = q->query_ns,
				    .now_ns = now_ns };
}

/* Both ends of the question are known, in whichever order they came: the one waits for the other. */
static void hand_on(struct nw_names *n, struct query *q, const struct nw_ev_head *head)
{
	struct nw_ask_key k = key_of(q, &q->resolver, head->ev.ts_ns);

	if (q->is_handed_on || !q->asker.tgid || !q->resolver.tgid || !q->question_len ||
	    q->asker.tgid == q->resolver.tgid || q->ends.server_port == NW_PORT_MDNS ||
	    q->ends.server_port == NW_PORT_LLMNR) {
		return;
	}
	q->is_handed_on = true;
	k.now_ns = NW_MAX(k.now_ns, k.sent_ns);
	n->evicted += nw_askers_ask(n->askers, &k, &q->asker);
}

/* The client of q may be a resolver that others wait for. */
static void look_behind(struct nw_names *n, const struct query *q, const struct nw_ev_head *head)
{
	const struct nw_ask_key k = key_of(q, &q->asker, head->ev.ts_ns);
	const struct nw_ask *behind[NW_ASKERS_MAX];

	nw_askers_of(n->askers, &k, behind, &n->asker);
	nw_askers_sent(n->askers, head->cookie, n->asker.count ? &n->asker : NULL, head->ev.ts_ns);
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
			look_behind(n, q, head);
		} else if (!here && !q->resolver.tgid) {
			q->resolver = head->owner;
		}
		hand_on(n, q, head);
		return;
	}
	q = &n->query[add_query(n, ends)];
	q->ends = *ends;
	q->asker = here ? head->owner : (struct nw_proc_id){ .tgid = 0 };
	q->resolver = here ? (struct nw_proc_id){ .tgid = 0 } : head->owner;
	q->is_handed_on = false;
	memcpy(q->asked, here ? head->raddr : head->laddr, sizeof(q->asked));
	q->query_ns = head->ev.ts_ns;
	q->flags = dns->flags;
	q->qtype = dns->qtype;
	q->qclass = dns->qclass;
	q->is_client = here;
	q->question_len = (uint16_t)strlen(name);
	memcpy(q->question, name, q->question_len + 1U);
	if (here) {
		look_behind(n, q, head);
	}
}

/* Who asked, and all who waited for that, have the names of the addresses; and who goes on to ask
 * for the name behind a CNAME asks for the same ones. */
static void learn(struct nw_names *n, const struct nw_dns *dns, const struct query *q,
		  uint64_t now_ns)
{
	const char *question = nw_dns_text(dns, dns->question);
	const struct nw_ask_key k = key_of(q, &q->asker, now_ns);
	const struct nw_ask_key own = key_of(q, &q->resolver, now_ns);
	const struct nw_ask *behind[NW_ASKERS_MAX];
	unsigned askers = nw_askers_of(n->askers, &k, behind, &n->asker);
	uint16_t end;

	nw_askers_answered(n->askers, &own, &q->asker);
	if (dns->opcode != 0 || dns->rcode != 0 || dns->qclass != CLASS_IN || !*question) {
		return;
	}
	nw_given_learn(n->given, dns);
	nw_learned_put(&n->learned, dns, &q->asker, question, now_ns);
	for (unsigned i = 0; i < askers; i++) {
		nw_learned_put(&n->learned, dns, &behind[i]->asker, behind[i]->name, now_ns);
	}
	end = nw_name_chain_end(dns);
	if (askers > 0 && !nw_name_is_same(dns, end, dns->question)) {
		n->evicted += nw_askers_follow(n->askers, &k, nw_dns_text(dns, end));
	}
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
		return here || (!nw_name_is_loopback(ends->client) &&
				memcmp(head->laddr, head->raddr, sizeof(head->laddr)) != 0);
	}
	if (!here && n->query[i].is_client) {
		return false;
	}
	ret->query_ns = n->query[i].query_ns;
	ret->asker_id = n->query[i].asker;
	nw_lru_remove(&n->query_lru, i); /* its object stays until the next one takes it */
	if (here) {
		learn(n, dns, &n->query[i], head->ev.ts_ns);
		ret->waiting = n->asker;
	}
	return true;
}

bool nw_names_message(struct nw_names *names, const struct nw_ev_head *head,
		      const struct nw_dns *dns, struct nw_dns_record *ret)
{
	const uint16_t mdns = htons(NW_PORT_MDNS);
	struct ends ends;

	names->asker.count = 0;
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
	const struct nw_ask_key k = key_of(q, &q->asker, q->query_ns);
	const struct nw_ask *behind[NW_ASKERS_MAX];
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
	nw_askers_of(n->askers, &k, behind, &ret->waiting);
}

void nw_names_tick(struct nw_names *names, uint64_t now_ns, nw_names_fn emit, void *ctx)
{
	struct nw_lru *queries = &names->query_lru;
	struct nw_dns_record record;

	while (queries->oldest != NW_LRU_NONE &&
	       names->query[queries->oldest].query_ns + NW_NAME_UNANSWERED_NS <= now_ns) {
		uint32_t i = queries->oldest;

		make_unanswered(names, &names->query[i], &record);
		nw_lru_remove(queries, i);
		emit(ctx, &record);
	}
	nw_learned_tick(&names->learned, now_ns);
}
