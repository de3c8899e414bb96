/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of readers, and the recorders that the catalogue knows, as facts of the start said:
 * "recorder.<number>" is "exe <path> <name>" or "unit <unit> <name>"; a path that ends in a slash is
 * all below it. Owns both. When the table is full, the reader heard of least lately goes.
 */
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "lineage.h"
#include "policy.h"
#include "util/text.h"

#define SPAN_MAX_NS   (5 * NW_NSEC_PER_SEC)  /* a flow that was silent longer was not read */
#define LEAD_NS	      (60 * NW_NSEC_PER_SEC) /* less says nothing of who is the recorder */
#define LEAD_TIMES    2
#define LEFT_NS	      (600 * NW_NSEC_PER_SEC)
#define RECENT_NS     (60 * NW_NSEC_PER_SEC)
#define ANCESTORS_MAX 8
#define LOOKS_MAX     1024

static const char front[] = "recorder.";

int nw_readers_init(struct nw_readers *t)
{
	int r = nw_lru_init(&t->lru, NW_READERS_MAX);

	if (r < 0) {
		return r;
	}
	t->reader = calloc(NW_READERS_MAX, sizeof(*t->reader));
	t->known = calloc(NW_KNOWN_RECORDERS_MAX, sizeof(*t->known));
	return t->reader && t->known ? 0 : -ENOMEM;
}

void nw_readers_free(struct nw_readers *t)
{
	nw_lru_free(&t->lru);
	free(t->reader);
	free(t->known);
}

/* ---- facts ---------------------------------------------------------------------------------- */

bool nw_readers_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	struct nw_readers *t = &st->readers;
	struct nw_known_recorder k = { .what = "" };
	const char *text = e->tail + e->key_len;
	const char *end = text + e->value_len;
	const char *blank;

	if (e->key_len < sizeof(front) || memcmp(e->tail, front, sizeof(front) - 1) != 0) {
		return false;
	}
	blank = memchr(text, ' ', e->value_len);
	if (!blank || memchr(text, '\0', e->value_len)) {
		return true;
	}
	k.is_unit = blank - text == 4 && memcmp(text, "unit", 4) == 0;
	if (!k.is_unit && (blank - text != 3 || memcmp(text, "exe", 3) != 0)) {
		return true;
	}
	text = blank + 1;
	blank = memchr(text, ' ', (size_t)(end - text));
	end = blank ? blank : end;
	if (text == end || (size_t)(end - text) >= sizeof(k.what) ||
	    t->known_count == NW_KNOWN_RECORDERS_MAX) {
		nw_state_lose(st, NW_LOSS_HOST);
		return true;
	}
	memcpy(k.what, text, (size_t)(end - text));
	t->known[t->known_count++] = k;
	return true;
}

static bool is_known(const struct nw_readers *t, const struct nw_proc *p)
{
	for (unsigned i = 0; i < t->known_count; i++) {
		const char *what = t->known[i].what;
		size_t len = strlen(what);

		if (t->known[i].is_unit ? strcmp(what, p->unit) == 0
					: strncmp(what, p->exe, len) == 0 &&
						  (what[len - 1] == '/' || p->exe[len] == '\0')) {
			return true;
		}
	}
	return false;
}

/* ---- readers -------------------------------------------------------------------------------- */

static size_t put(char *to, size_t at, const char *text)
{
	size_t len = NW_MIN(strlen(text), NW_READER_KEY - 1 - at);

	memcpy(to + at, text, len);
	to[at + len] = '\0';
	return at + len;
}

static bool is_service(const char *unit)
{
	size_t len = strlen(unit);

	return len > 8 && strcmp(unit + len - 8, ".service") == 0;
}

/* A login's scope holds whatever somebody started: it is no unit of one thing. */
void nw_reader_key(const struct nw_proc *p, char ret[NW_READER_KEY])
{
	char uid[24] = " ";
	size_t at;

	if (p->container[0]) {
		at = put(ret, 0, "container ");
		(void)put(ret, at, p->container);
	} else if (is_service(p->unit)) {
		at = put(ret, 0, "unit ");
		(void)put(ret, at, p->unit);
	} else {
		at = put(ret, 0, "program ");
		at = put(ret, at, p->exe[0] ? p->exe : p->name);
		uid[1 + nw_text_u64(uid + 1, p->uid)] = '\0';
		(void)put(ret, at, uid);
	}
}

static uint32_t hash_of(const struct nw_readers *t, const char *key)
{
	return nw_hash_text(t->lru.seed, key);
}

static uint32_t find(const struct nw_readers *t, const char *key)
{
	uint32_t i = nw_lru_first(&t->lru, hash_of(t, key));

	while (i != NW_LRU_NONE && strcmp(t->reader[i].key, key) != 0) {
		i = nw_lru_next(&t->lru, i);
	}
	return i;
}

static const struct nw_reader *find_leader(const struct nw_readers *t)
{
	const struct nw_reader *best = NULL;
	uint64_t second = 0;

	for (uint32_t i = t->lru.newest; i != NW_LRU_NONE; i = t->lru.link[i].older) {
		const struct nw_reader *r = &t->reader[i];

		if (!best || r->read_ns > best->read_ns) {
			second = best ? best->read_ns : second;
			best = r;
		} else {
			second = NW_MAX(second, r->read_ns);
		}
	}
	return best && best->read_ns >= LEAD_NS && best->read_ns >= LEAD_TIMES * second ? best
											: NULL;
}

/* Who is first stays so while it reads: who reads as much later on does not take its place. */
static void lead(struct nw_state *st)
{
	struct nw_readers *t = &st->readers;

	if (!t->first || st->now_ns > t->first->last_ns + LEFT_NS) {
		const struct nw_reader *r = find_leader(t);

		t->first = r ? r : t->first;
	}
}

/* One that is not first: that it was is worth more than who came last. */
static uint32_t add(struct nw_readers *t, const char *key)
{
	uint32_t i = nw_lru_add(&t->lru, hash_of(t, key));

	if (i == NW_LRU_NONE) {
		uint32_t old = t->lru.oldest;

		old = &t->reader[old] == t->first ? t->lru.link[old].newer : old;
		nw_lru_remove(&t->lru, old);
		i = nw_lru_add(&t->lru, hash_of(t, key));
	}
	return i;
}

void nw_readers_on_flow(struct nw_state *st, const struct nw_flow *f, uint64_t rx, uint64_t span_ns)
{
	struct nw_readers *t = &st->readers;
	char key[NW_READER_KEY];
	struct nw_reader *r;
	uint32_t i;

	if (!rx || !f->owner || !f->is_inside || f->peer || (f->flags & NW_SOCK_FORWARDED) ||
	    !nw_camera_find(st, f->raddr)) {
		return;
	}
	nw_reader_key(f->owner, key);
	i = find(t, key);
	if (i == NW_LRU_NONE) {
		i = add(t, key);
		t->reader[i] = (struct nw_reader){ .first_ns = st->now_ns };
		memcpy(t->reader[i].key, key, sizeof(key));
	}
	nw_lru_touch(&t->lru, i);
	r = &t->reader[i];
	r->last_ns = st->now_ns;
	/* who only asks how it is keeps the recorder's place from nobody */
	r->read_ns += f->rx_rate >= NW_MEDIA_RATE ? NW_MIN(span_ns, SPAN_MAX_NS) : 0;
	if (!r->asked_ns || st->now_ns >= r->asked_ns + NW_NSEC_PER_SEC) {
		r->asked_ns = st->now_ns;
		lead(st);
		t->basis = NW_MAX(t->basis, (uint8_t)nw_recorder_of(st, f->owner));
	}
}

/* ---- reading -------------------------------------------------------------------------------- */

const struct nw_reader *nw_reader_of(const struct nw_state *st, const struct nw_proc *p)
{
	char key[NW_READER_KEY];
	uint32_t i;

	nw_reader_key(p, key);
	i = find(&st->readers, key);
	return i != NW_LRU_NONE ? &st->readers.reader[i] : NULL;
}

const struct nw_reader *nw_reader_first(const struct nw_state *st)
{
	return st->readers.first;
}

static enum nw_recorder_basis basis_of(const struct nw_state *st, const struct nw_proc *p,
				       const struct nw_reader *first)
{
	char key[NW_READER_KEY];

	if (nw_policy_recorder(st, p)) {
		return NW_RECORDER_DECLARED;
	}
	if (is_known(&st->readers, p)) {
		return NW_RECORDER_CATALOGUE;
	}
	nw_reader_key(p, key);
	return first && strcmp(first->key, key) == 0 ? NW_RECORDER_BEHAVIOUR : NW_RECORDER_NONE;
}

enum nw_recorder_basis nw_recorder_of(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_reader *first = nw_reader_first(st);
	enum nw_recorder_basis best = NW_RECORDER_NONE;

	for (unsigned i = 0; p && i < ANCESTORS_MAX && p->id.tgid > 1; i++) {
		best = NW_MAX(best, basis_of(st, p, first));
		p = nw_proc_find(st, &p->parent_id);
	}
	return best;
}

enum nw_recorder_basis nw_recorder_known(const struct nw_state *st)
{
	if (st->readers.basis > NW_RECORDER_BEHAVIOUR) {
		return st->readers.basis;
	}
	return nw_reader_first(st) ? NW_RECORDER_BEHAVIOUR : NW_RECORDER_NONE;
}

const char *nw_recorder_basis_name(enum nw_recorder_basis basis)
{
	static const char *const words[] = { "none", "behaviour", "catalogue", "declared" };

	return words[basis];
}

/* ---- lineage -------------------------------------------------------------------------------- */

bool nw_pictures_of_proc(const struct nw_state *st, const struct nw_proc *p,
			 struct nw_pictures *ret)
{
	const struct nw_flow *in = NULL;
	unsigned looks = 0;

	*ret = (struct nw_pictures){ .how = NW_PICTURES_NONE };
	while (p && looks++ < LOOKS_MAX && (in = nw_ingest_next(st, in))) {
		const struct nw_camera *c = nw_camera_of(st, in);

		if (!nw_flow_is_read_by(in, p)) {
			continue;
		}
		ret->how = NW_PICTURES_SELF;
		ret->reader = p;
		ret->rx_rate += nw_flow_rate(in, in->rx_rate, st->now_ns);
		if (c != ret->camera) {
			ret->camera = ret->cameras++ ? NULL : c;
		}
	}
	return ret->how != NW_PICTURES_NONE;
}

static bool is_of_group(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_reader *r = p ? nw_reader_of(st, p) : NULL;

	return r && st->now_ns <= r->last_ns + RECENT_NS;
}

bool nw_pictures_of(const struct nw_state *st, const struct nw_flow *f, struct nw_pictures *ret)
{
	const struct nw_chain *c = f->chain;

	if (nw_pictures_of_proc(st, f->owner, ret) || nw_pictures_of_proc(st, f->sender, ret)) {
		return true;
	}
	for (unsigned i = 0; c && i < c->len; i++) {
		if (nw_pictures_of_proc(st, c->link[i].proc, ret)) {
			ret->how = NW_PICTURES_CHAIN;
			ret->steps = (uint8_t)i;
			ret->via = c->link[i].via;
			return true;
		}
	}
	if (is_of_group(st, f->owner) || is_of_group(st, f->sender)) {
		ret->how = NW_PICTURES_GROUP;
	}
	for (unsigned i = 0; c && i < c->len && ret->how == NW_PICTURES_NONE; i++) {
		ret->how = is_of_group(st, c->link[i].proc) ? NW_PICTURES_GROUP : NW_PICTURES_NONE;
	}
	return ret->how != NW_PICTURES_NONE;
}

const char *nw_pictures_name(enum nw_pictures_how how)
{
	static const char *const words[] = { "none", "group", "chain", "self" };

	return words[how];
}
