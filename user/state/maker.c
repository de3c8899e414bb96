/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makers, from facts of the start whose parts stand between tabs:
 *	maker.<n>	id, "mixed" or "cameras", name
 *	restriction.<n>	maker, where, since, what
 *	brand.<n>	maker, brand
 *	sign.<n>	maker, place, the beginning of a text
 *	other.<n>	kind, place, the beginning of a text that says: no camera
 *	port.<n>	maker, "tcp" or "udp", first, last, service
 * Owns these rows, which stay. What finds no room, or names a maker that no row before it had, is
 * counted as NW_LOSS_HOST.
 */
#include "maker.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "util/parse.h"

#define RESTRICTIONS_MAX 256
#define WORDS_MAX	 512
#define PORTS_MAX	 256
#define PARTS_MAX	 5

/* Where words stand, beside the places of signs. */
enum {
	BRAND = NW_SIGN_COUNT,
	OTHERS, /* and as many as there are places */
};

struct word {
	uint8_t maker; /* of OTHERS: 0 = films, 1 = anything else */
	uint8_t place; /* enum nw_sign_place, or of those above */
	char text[48];
};

struct port {
	uint8_t maker;
	uint8_t proto;
	uint16_t first, last;
};

struct nw_makers {
	struct nw_maker maker[NW_MAKERS_MAX];
	struct nw_restriction restriction[RESTRICTIONS_MAX];
	struct word word[WORDS_MAX];
	struct port port[PORTS_MAX];
	unsigned makers, restrictions, words, ports;
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
static bool add_maker(struct nw_makers *t, char *const part[PARTS_MAX])
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

static bool add_restriction(struct nw_makers *t, char *const part[PARTS_MAX])
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

static bool add_word(struct nw_makers *t, struct word w, const char *text)
{
	if (t->words == WORDS_MAX || !copy(w.text, sizeof(w.text), text)) {
		return false;
	}
	t->word[t->words++] = w;
	return true;
}

static bool add_brand(struct nw_makers *t, char *const part[PARTS_MAX])
{
	struct word w = { .place = BRAND };

	return find(t, part[0], &w.maker) && add_word(t, w, part[1]);
}

static bool place_of(const char *word, uint8_t *ret)
{
	static const char *const places[NW_SIGN_COUNT] = { "server", "realm", "certificate", "path",
							   "model",  "type",  "protocol" };

	for (unsigned i = 0; i < NW_SIGN_COUNT; i++) {
		if (strcmp(word, places[i]) == 0) {
			*ret = (uint8_t)i;
			return true;
		}
	}
	return false;
}

static bool add_sign(struct nw_makers *t, char *const part[PARTS_MAX])
{
	struct word w = { 0 };

	return find(t, part[0], &w.maker) && place_of(part[1], &w.place) && add_word(t, w, part[2]);
}

static bool add_other(struct nw_makers *t, char *const part[PARTS_MAX])
{
	struct word w = { .maker = strcmp(part[0], "film") != 0 };

	if (!place_of(part[1], &w.place)) {
		return false;
	}
	w.place += OTHERS;
	return add_word(t, w, part[2]);
}

/* Only what media come from: others are of clouds, or of who looks for devices. */
static bool add_port(struct nw_makers *t, char *const part[PARTS_MAX])
{
	struct port p = { .proto = strcmp(part[1], "tcp") == 0 ? IPPROTO_TCP : IPPROTO_UDP };
	uint64_t first, last;

	if (strcmp(part[4], "sdk") != 0 && strcmp(part[4], "media") != 0) {
		return true;
	}
	if (t->ports == PORTS_MAX || !find(t, part[0], &p.maker) ||
	    nw_parse_u64(part[2], 1, UINT16_MAX, &first) < 0 ||
	    nw_parse_u64(part[3], first, UINT16_MAX, &last) < 0) {
		return false;
	}
	p.first = (uint16_t)first;
	p.last = (uint16_t)last;
	t->port[t->ports++] = p;
	return true;
}

bool nw_makers_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	static const struct {
		const char *front;
		unsigned parts;
		bool (*add)(struct nw_makers *t, char *const part[PARTS_MAX]);
	} kinds[] = {
		{ "maker.", 3, add_maker }, { "restriction.", 4, add_restriction },
		{ "brand.", 2, add_brand }, { "sign.", 3, add_sign },
		{ "other.", 3, add_other }, { "port.", 5, add_port },
	};
	char text[512];
	char *part[PARTS_MAX] = { NULL };
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

/* Some are a whole word, others how a text begins. */
static bool is_whole(uint8_t place)
{
	return place == NW_SIGN_PROTOCOL || place == BRAND;
}

static uint64_t by_word(const struct nw_makers *t, uint8_t place, const char *text, size_t *ret_len)
{
	uint64_t set = 0;

	for (unsigned i = 0; i < t->words; i++) {
		const struct word *w = &t->word[i];
		size_t len = strlen(w->text);

		if (w->place == place && strncasecmp(text, w->text, len) == 0 &&
		    (!is_whole(place) || text[len] == '\0' || text[len] == ' ')) {
			set |= 1ULL << w->maker;
			*ret_len = NW_MAX(*ret_len, len);
		}
	}
	return set;
}

uint64_t nw_makers_at_sign(const struct nw_state *st, enum nw_sign_place place, const char *text,
			   size_t *ret_len)
{
	*ret_len = 0;
	return by_word(st->makers, (uint8_t)place, text, ret_len);
}

uint64_t nw_makers_by_sign(const struct nw_state *st, enum nw_sign_place place, const char *text)
{
	size_t len;

	return nw_makers_at_sign(st, place, text, &len);
}

unsigned nw_others_by_sign(const struct nw_state *st, enum nw_sign_place place, const char *text)
{
	size_t len = 0;

	return (unsigned)by_word(st->makers, (uint8_t)(OTHERS + place), text, &len);
}

uint64_t nw_makers_by_port(const struct nw_state *st, uint8_t proto, uint16_t port)
{
	const struct nw_makers *t = st->makers;
	uint64_t set = 0;

	for (unsigned i = 0; i < t->ports; i++) {
		const struct port *p = &t->port[i];

		if (p->proto == proto && p->first <= port && port <= p->last) {
			set |= 1ULL << p->maker;
		}
	}
	return set;
}

uint64_t nw_makers_by_brand(const struct nw_state *st, const char *brand)
{
	const struct nw_makers *t = st->makers;
	size_t word_len = 0;
	uint64_t set = by_word(t, BRAND, brand, &word_len);

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
