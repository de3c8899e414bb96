/* SPDX-License-Identifier: Apache-2.0 */
/* The table of cases. Owns their memory, all of it reserved at the start; never tells anything. */
#include "case.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"

#define RISE 10 /* of the score, that is not kept back */

int nw_cases_init(struct nw_cases *c, uint32_t capacity)
{
	int r;

	*c = (struct nw_cases){ .evicted = 0 };
	r = nw_lru_init(&c->lru, capacity);
	if (r < 0) {
		return r;
	}
	c->item = calloc(capacity, sizeof(*c->item));
	return c->item ? 0 : -ENOMEM;
}

void nw_cases_free(struct nw_cases *c)
{
	nw_lru_free(&c->lru);
	free(c->item);
	c->item = NULL;
}

static uint32_t hash_of(const struct nw_cases *c, const char *key)
{
	return nw_hash_text(c->lru.seed, key);
}

uint32_t nw_cases_find(const struct nw_cases *c, const char *key)
{
	uint32_t i = nw_lru_first(&c->lru, hash_of(c, key));

	while (i != NW_LRU_NONE && strcmp(c->item[i].key, key) != 0) {
		i = nw_lru_next(&c->lru, i);
	}
	return i;
}

uint32_t nw_cases_get(struct nw_cases *c, const char *key, bool *ret_new)
{
	uint32_t i = nw_cases_find(c, key);

	*ret_new = i == NW_CASE_NONE;
	if (i != NW_CASE_NONE) {
		return i;
	}
	i = nw_lru_add(&c->lru, hash_of(c, key));
	if (i == NW_LRU_NONE) {
		c->evicted++;
		nw_lru_remove(&c->lru, c->lru.oldest);
		i = nw_lru_add(&c->lru, hash_of(c, key));
	}
	c->item[i] = (struct nw_case){ .count = 0 };
	memcpy(c->item[i].key, key, strnlen(key, NW_CASE_KEY - 1));
	return i;
}

uint32_t nw_cases_pushed_out(const struct nw_cases *c, const char *key)
{
	bool is_full = c->lru.used == c->lru.capacity;

	return is_full && nw_cases_find(c, key) == NW_CASE_NONE ? c->lru.oldest : NW_CASE_NONE;
}

void nw_cases_remove(struct nw_cases *c, uint32_t place)
{
	nw_lru_remove(&c->lru, place);
}

bool nw_cases_seen(struct nw_cases *c, uint32_t place, uint64_t now_ns, uint8_t score,
		   enum nw_finding_action *ret)
{
	struct nw_case *k = &c->item[place];
	bool is_due =
		!k->is_open || now_ns >= k->told_ns + NW_CASE_UPDATE_NS || score >= k->score + RISE;

	nw_lru_touch(&c->lru, place);
	k->first_ns = k->count ? k->first_ns : now_ns;
	k->last_ns = now_ns;
	k->count++;
	if (!is_due) {
		return false;
	}
	*ret = k->is_open ? NW_FINDING_UPDATED : NW_FINDING_OPENED;
	k->is_open = true;
	k->score = score;
	k->told_ns = now_ns;
	k->told_count = k->count;
	return true;
}

uint32_t nw_cases_quiet(const struct nw_cases *c, uint64_t now_ns, uint64_t quiet_ns)
{
	uint32_t i = c->lru.oldest;

	return i != NW_LRU_NONE && now_ns >= c->item[i].last_ns + quiet_ns ? i : NW_CASE_NONE;
}

void nw_case_fill(const struct nw_case *k, const struct nw_state *st, struct nw_finding *f)
{
	f->key = k->key;
	f->first_ns = k->first_ns;
	f->last_ns = k->last_ns;
	f->count = k->count;
	f->proc = k->proc.tgid ? nw_proc_find(st, &k->proc) : NULL;
	f->far = k->far.cookie ? &k->far : NULL;
	f->flow = f->far ? nw_flow_find(st, k->far.cookie, k->far.slot) : NULL;
}

void nw_cases_close(struct nw_cases *c, const struct nw_state *st, uint64_t quiet_ns,
		    const struct nw_finding *like,
		    void (*tell)(void *ctx, const struct nw_finding *finding), void *ctx)
{
	uint32_t i;

	while ((i = nw_cases_quiet(c, nw_state_now_ns(st), quiet_ns)) != NW_CASE_NONE) {
		struct nw_finding f = *like;

		if (c->item[i].is_open) {
			f.action = NW_FINDING_CLOSED;
			f.score = c->item[i].score;
			nw_case_fill(&c->item[i], st, &f);
			tell(ctx, &f);
		}
		nw_cases_remove(c, i);
	}
}

/* ---- keys ----------------------------------------------------------------------------------- */

#define MARK_LEN 17 /* "~" and what all of the key is, in hex */

static void put_mark(struct nw_case_key *k)
{
	static const char digits[] = "0123456789abcdef";
	char *at = k->text + sizeof(k->text) - 1;

	*at = '\0';
	for (unsigned i = 0; i < MARK_LEN - 1; i++) {
		*--at = digits[k->hash >> (4 * i) & 0xf];
	}
	*--at = '~';
	k->len = sizeof(k->text) - 1;
}

static uint64_t begin_part(uint64_t hash, bool is_first)
{
	return nw_hash_mix(hash, 1U << 8 | !is_first);
}

/* Of what a key says that is not cut yet. Few ever are. */
static uint64_t hash_of_key(const struct nw_case_key *k)
{
	uint64_t hash = k->len > 0 ? begin_part(0, true) : 0;

	for (unsigned i = 0; i < k->len; i++) {
		bool is_between = k->between[i / 64] >> (i % 64) & 1;

		hash = is_between ? begin_part(hash, false)
				  : nw_hash_mix(hash, (unsigned char)k->text[i]);
	}
	return hash;
}

static void add_cut(struct nw_case_key *k, bool is_first, const char *text, size_t len)
{
	k->hash = begin_part(k->is_cut ? k->hash : hash_of_key(k), is_first);
	k->is_cut = true;
	for (size_t i = 0; i < len; i++) {
		k->hash = nw_hash_mix(k->hash, (unsigned char)text[i]);
	}
}

static void add(struct nw_case_key *k, const char *text, size_t len)
{
	bool is_first = k->len == 0;
	size_t room = sizeof(k->text) - 1 - k->len;

	if (is_first) {
		k->is_cut = false;
		memset(k->between, 0, sizeof(k->between));
	}
	if (k->is_cut || len + !is_first > room) {
		add_cut(k, is_first, text, len);
	}
	if (!is_first && room > 0) {
		k->between[k->len / 64] |= 1ULL << (k->len % 64);
		k->text[k->len++] = ' ';
		room--;
	}
	len = NW_MIN(len, room);
	memcpy(k->text + k->len, text, len);
	k->len += (uint16_t)len;
	k->text[k->len] = '\0';
	if (k->is_cut) {
		put_mark(k);
	}
}

void nw_case_key_text(struct nw_case_key *k, const char *part)
{
	add(k, part, strlen(part));
}

void nw_case_key_u64(struct nw_case_key *k, uint64_t part)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + part % 10);
		part /= 10;
	} while (part);
	add(k, digits + at, sizeof(digits) - at);
}

void nw_case_key_addr(struct nw_case_key *k, const uint8_t addr[16])
{
	char text[NW_ADDR_TEXT];

	nw_addr_text(text, addr);
	nw_case_key_text(k, text);
}

void nw_case_key_program(struct nw_case_key *k, const struct nw_proc *p)
{
	nw_case_key_text(k, !p ? "?" : p->exe[0] ? p->exe : p->name[0] ? p->name : "?");
}
