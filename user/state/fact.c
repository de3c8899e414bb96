/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts: what was read once from host, configuration and build, as key and text. They come as
 * events, so a replay on another machine knows the names of the first. Owns one block of text; a
 * fact that finds no room is counted as NW_LOSS_HOST.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "util/parse.h"
#include "util/text.h"

int nw_facts_init(struct nw_state *st)
{
	st->facts_text = calloc(1, NW_FACTS_TEXT_MAX);
	return st->facts_text ? 0 : -ENOMEM;
}

static struct nw_fact *find(struct nw_state *st, const char *key, size_t len)
{
	for (uint32_t i = 0; i < st->facts_count; i++) {
		const char *k = st->facts_text + st->facts[i].key;

		if (strlen(k) == len && memcmp(k, key, len) == 0) {
			return &st->facts[i];
		}
	}
	return NULL;
}

/* Room for len bytes and NUL; 0 when there is none (offset 0 is never given out). */
static uint32_t put(struct nw_state *st, const char *text, size_t len)
{
	uint32_t at = st->facts_text_len ? st->facts_text_len : 1;

	if (at + len + 1 > NW_FACTS_TEXT_MAX) {
		return 0;
	}
	memcpy(st->facts_text + at, text, len);
	st->facts_text[at + len] = '\0';
	st->facts_text_len = (uint32_t)(at + len + 1);
	return at;
}

static uint64_t next_generation(void)
{
	static uint64_t generation; /* of the whole program, so that no two states share one */

	return ++generation;
}

const char *nw_fact_u32(const char *p, const char *end, uint32_t *ret)
{
	const char *began = p;
	uint64_t n = 0;

	while (p < end && *p >= '0' && *p <= '9' && n <= UINT32_MAX) {
		n = n * 10 + (unsigned)(*p++ - '0');
	}
	*ret = (uint32_t)n;
	return p > began && n <= UINT32_MAX ? p : NULL;
}

bool nw_fact_address(const char *p, const char *end, uint8_t ret[16])
{
	char text[NW_ADDR_TEXT];
	size_t len = (size_t)(end - p);

	if (len == 0 || len >= sizeof(text) || memchr(p, '\0', len)) {
		return false;
	}
	memcpy(text, p, len);
	text[len] = '\0';
	return nw_parse_address(text, ret) == 0;
}

/* What a fact means to state itself. */
static void apply(struct nw_state *st, const char *key, const char *value)
{
	if (strcmp(key, "boot.id") == 0) {
		st->id_seed = 0;
		for (const char *p = value; *p; p++) {
			st->id_seed = nw_hash_mix(st->id_seed, (unsigned char)*p);
		}
	} else if (nw_self_on_fact(st, key, value)) {
		return;
	} else if (strcmp(key, "host.netns") == 0) {
		st->host_netns = (uint32_t)strtoul(value, NULL, 10);
	} else if (strcmp(key, "scope") == 0) {
		st->is_narrow = strcmp(value, "cgroup") == 0;
		st->is_capture = strcmp(value, "capture") == 0;
	} else if (strcmp(key, "net.port_range") == 0) {
		char *end;
		unsigned long low = strtoul(value, &end, 10);
		unsigned long high = strtoul(end, NULL, 10);

		if (low > 0 && low <= high && high <= UINT16_MAX) {
			st->port_low = (uint16_t)low;
			st->port_high = (uint16_t)high;
		}
	}
}

void nw_facts_on_event(struct nw_state *st, const struct nw_ev_fact *e)
{
	const char *value = e->tail + e->key_len;
	struct nw_fact *f;

	if (nw_kept_is(e)) {
		/* indicators look for theirs */
		(void)(nw_coverage_on_kept(st, e) || nw_cameras_on_kept(st, e));
		return;
	}
	if (nw_ifaces_on_fact(st, e) || nw_places_on_fact(st, e) || nw_neighbours_on_fact(st, e) ||
	    nw_vendors_on_fact(st, e) || nw_makers_on_fact(st, e) || nw_speaks_on_fact(st, e) ||
	    nw_exe_files_on_fact(st, e) || nw_clock_on_fact(st, e) || nw_programs_on_fact(st, e) ||
	    nw_readers_on_fact(st, e) || nw_balance_on_fact(st, e)) {
		return;
	}
	f = find(st, e->tail, e->key_len);
	if (!f) {
		uint32_t key;

		if (st->facts_count == NW_FACTS_MAX || !(key = put(st, e->tail, e->key_len))) {
			nw_state_lose(st, NW_LOSS_HOST);
			return;
		}
		f = &st->facts[st->facts_count++];
		*f = (struct nw_fact){ .key = key };
	}
	if (f->room > e->value_len) {
		memcpy(st->facts_text + f->value, value, e->value_len);
		st->facts_text[f->value + e->value_len] = '\0';
	} else {
		uint32_t at = put(st, value, e->value_len);

		if (!at) {
			nw_state_lose(st, NW_LOSS_HOST);
			return;
		}
		f->value = at;
		f->room = e->value_len + 1U;
	}
	st->fact_generation = next_generation();
	apply(st, st->facts_text + f->key, st->facts_text + f->value);
}

const char *nw_fact_find(const struct nw_state *st, const char *key)
{
	for (uint32_t i = 0; i < st->facts_count; i++) {
		if (strcmp(st->facts_text + st->facts[i].key, key) == 0) {
			return st->facts[i].value ? st->facts_text + st->facts[i].value : NULL;
		}
	}
	return NULL;
}

bool nw_state_is_capture(const struct nw_state *st)
{
	return st->is_capture;
}

uint64_t nw_fact_generation(const struct nw_state *st)
{
	return st->fact_generation;
}
