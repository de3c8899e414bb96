/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makers, from facts of the start whose parts stand between tabs:
 *	maker.<n>	id, "mixed" or "cameras", name
 *	restriction.<n>	maker, where, since, what
 *	brand.<n>	maker, brand
 *	sign.<n>	maker, place, the beginning of a text
 * Owns these rows, which stay. What finds no room, or names a maker that no row before it had, is
 * counted as NW_LOSS_HOST.
 */
#include "maker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

#define RESTRICTIONS_MAX 256
#define WORDS_MAX	 512

struct word {
	uint8_t maker;
	uint8_t place; /* enum nw_sign_place; NW_SIGN_COUNT: a brand */
	char text[48];
};

struct nw_makers {
	struct nw_maker maker[NW_MAKERS_MAX];
	struct nw_restriction restriction[RESTRICTIONS_MAX];
	struct word word[WORDS_MAX];
	unsigned makers, restrictions, words;
};

int nw_makers_init(struct nw_state *st)
{
	st->makers = calloc(1, sizeof(*st->makers));
	return st->makers ? 0 : -ENOMEM;
}

void nw_makers_free(struct nw_makers *t)
{
	free(t);
}

/* ---- facts ---------------------------------------------------------------------------------- */

static bool copy(char *to, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len >= size) {
		return false;
	}
	memcpy(to, text, len + 1);
	return true;
}

static bool find(const struct nw_makers *t, const char *id, uint8_t *ret)
{
	for (unsigned i = 0; i < t->makers; i++) {
		if (strcmp(t->maker[i].id, id) == 0) {
			*ret = (uint8_t)i;
			return true;
		}
	}
	return false;
}

/* A later row takes the place of an equal one. */
static bool add_maker(struct nw_makers *t, char *const part[4])
{
	uint8_t i = (uint8_t)t->makers;
	struct nw_maker m = { .is_mixed = strcmp(part[1], "mixed") == 0 };

	if (!copy(m.id, sizeof(m.id), part[0]) || !copy(m.name, sizeof(m.name), part[2])) {
		return false;
	}
	if (!find(t, m.id, &i)) {
		if (t->makers == NW_MAKERS_MAX) {
			return false;
		}
		t->makers++;
	}
	t->maker[i] = m;
	return true;
}

static bool add_restriction(struct nw_makers *t, char *const part[4])
{
	struct nw_restriction r;

	if (t->restrictions == RESTRICTIONS_MAX || !copy(r.maker, sizeof(r.maker), part[0]) ||
	    !copy(r.where, sizeof(r.where), part[1]) || !copy(r.since, sizeof(r.since), part[2]) ||
	    !copy(r.what, sizeof(r.what), part[3])) {
		return false;
	}
	t->restriction[t->restrictions++] = r;
	return true;
}

static bool add_word(struct nw_makers *t, const char *maker, uint8_t place, const char *text)
{
	struct word w = { .place = place };

	if (t->words == WORDS_MAX || !find(t, maker, &w.maker) ||
	    !copy(w.text, sizeof(w.text), text)) {
		return false;
	}
	t->word[t->words++] = w;
	return true;
}

static bool add_brand(struct nw_makers *t, char *const part[4])
{
	return add_word(t, part[0], NW_SIGN_COUNT, part[1]);
}

static bool add_sign(struct nw_makers *t, char *const part[4])
{
	static const char *const places[NW_SIGN_COUNT] = { "server", "realm", "certificate",
							   "path",   "model", "protocol" };

	for (unsigned i = 0; i < NW_SIGN_COUNT; i++) {
		if (strcmp(part[1], places[i]) == 0) {
			return add_word(t, part[0], (uint8_t)i, part[2]);
		}
	}
	return false;
}

bool nw_makers_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	static const struct {
		const char *front;
		unsigned parts;
		bool (*add)(struct nw_makers *t, char *const part[4]);
	} kinds[] = {
		{ "maker.", 3, add_maker },
		{ "restriction.", 4, add_restriction },
		{ "brand.", 2, add_brand },
		{ "sign.", 3, add_sign },
	};
	char text[512];
	char *part[4] = { NULL };
	char *rest = text;
	size_t kind = 0;
	unsigned n = 0;

	while (kind < NW_ARRAY_SIZE(kinds) &&
	       (e->key_len < strlen(kinds[kind].front) ||
		memcmp(e->tail, kinds[kind].front, strlen(kinds[kind].front)) != 0)) {
		kind++;
	}
	if (kind == NW_ARRAY_SIZE(kinds)) {
		return false;
	}
	if (e->value_len < sizeof(text) && !memchr(e->tail + e->key_len, '\0', e->value_len)) {
		memcpy(text, e->tail + e->key_len, e->value_len);
		text[e->value_len] = '\0';
		while (rest && n < kinds[kind].parts) {
			part[n++] = strsep(&rest, "\t");
		}
	}
	if (n != kinds[kind].parts || rest || !kinds[kind].add(st->makers, part)) {
		nw_state_lose(st, NW_LOSS_HOST);
	}
	return true;
}

/* ---- reading -------------------------------------------------------------------------------- */

const struct nw_maker *nw_maker_find(const struct nw_state *st, const char *id)
{
	uint8_t i;

	return id && find(st->makers, id, &i) ? &st->makers->maker[i] : NULL;
}

bool nw_maker_place(const struct nw_state *st, const char *id, unsigned *ret)
{
	uint8_t i;

	if (!find(st->makers, id, &i)) {
		return false;
	}
	*ret = i;
	return true;
}

const struct nw_maker *nw_maker_of_set(const struct nw_state *st, uint64_t set, unsigned *at)
{
	while (*at < st->makers->makers) {
		unsigned i = (*at)++;

		if (set & 1ULL << i) {
			return &st->makers->maker[i];
		}
	}
	return NULL;
}

const struct nw_restriction *nw_restriction_next(const struct nw_state *st, const char *maker,
						 const struct nw_restriction *after)
{
	const struct nw_makers *t = st->makers;
	size_t i = after ? (size_t)(after - t->restriction) + 1 : 0;

	while (i < t->restrictions && strcmp(t->restriction[i].maker, maker) != 0) {
		i++;
	}
	return i < t->restrictions ? &t->restriction[i] : NULL;
}

static uint64_t by_word(const struct nw_makers *t, uint8_t place, const char *text)
{
	uint64_t set = 0;

	for (unsigned i = 0; i < t->words; i++) {
		const struct word *w = &t->word[i];
		size_t len = strlen(w->text);

		if (w->place == place && strncasecmp(text, w->text, len) == 0 &&
		    (place < NW_SIGN_PROTOCOL || text[len] == '\0' || text[len] == ' ')) {
			set |= 1ULL << w->maker;
		}
	}
	return set;
}

uint64_t nw_makers_by_sign(const struct nw_state *st, enum nw_sign_place place, const char *text)
{
	return by_word(st->makers, (uint8_t)place, text);
}

uint64_t nw_makers_by_brand(const struct nw_state *st, const char *brand)
{
	const struct nw_makers *t = st->makers;
	uint64_t set = by_word(t, NW_SIGN_COUNT, brand);

	for (unsigned i = 0; i < t->makers; i++) {
		size_t len = strlen(t->maker[i].id);

		if (strncasecmp(brand, t->maker[i].id, len) == 0 &&
		    (brand[len] == '\0' || brand[len] == ' ')) {
			set |= 1ULL << i;
		}
	}
	return set;
}

const struct nw_maker *nw_maker_only(const struct nw_state *st, uint64_t set)
{
	unsigned i = set ? (unsigned)__builtin_ctzll(set) : 0;

	return set && (set & (set - 1)) == 0 && i < st->makers->makers ? &st->makers->maker[i]
								       : NULL;
}
