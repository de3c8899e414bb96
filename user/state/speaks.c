/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For which makers a process speaks, by the makers' libraries that it has mapped, as the kernel side
 * tells; before ABI 12 a fact "speaks.<pid>.<start, ns since boot>" was "<maker>\t<library>". Kept
 * with the process; another program begins without.
 */
#include <string.h>

#include "internal.h"
#include "maker.h"
#include "util/parse.h"

static const char front[] = "speaks.";

/* "<pid>.<start>", whole. */
static bool read_id(char *text, struct nw_proc_id *ret)
{
	char *dot = strchr(text, '.');
	uint64_t pid;
	uint64_t start;

	*ret = (struct nw_proc_id){ .pad = 0 };
	if (!dot) {
		return false;
	}
	*dot = '\0';
	if (nw_parse_u64(text, 1, INT32_MAX, &pid) < 0 ||
	    nw_parse_u64(dot + 1, 1, UINT64_MAX, &start) < 0) {
		return false;
	}
	ret->start_ns = start;
	ret->tgid = (uint32_t)pid;
	return true;
}

static bool take(struct nw_state *st, const struct nw_proc_id *id, char *value)
{
	char *library = value;
	const char *maker = strsep(&library, "\t");
	unsigned place;

	return library && *library && strlen(library) < NW_LIBRARY_NAME &&
	       nw_maker_place(st, maker, &place) && nw_proc_speaks(st, id, place, library);
}

void nw_speaks_on_library(struct nw_state *st, const struct nw_ev_library *e)
{
	const struct nw_proc *p = nw_proc_find(st, &e->self);
	char text[NW_LIBRARY_TEXT];

	memcpy(text, e->text, sizeof(text));
	if (!(p && p->exec_ns > e->ev.ts_ns) && !take(st, &e->self, text)) {
		nw_state_lose(st, NW_LOSS_HOST);
	}
}

bool nw_speaks_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	char key[64];
	char value[NW_MAKER_ID + NW_LIBRARY_NAME + 2];
	size_t len = sizeof(front) - 1;
	struct nw_proc_id id;

	if (e->key_len < len || memcmp(e->tail, front, len) != 0) {
		return false;
	}
	if (e->key_len - len >= sizeof(key) || e->value_len >= sizeof(value) ||
	    memchr(e->tail, '\0', (size_t)e->key_len + e->value_len)) {
		nw_state_lose(st, NW_LOSS_HOST);
		return true;
	}
	memcpy(key, e->tail + len, e->key_len - len);
	key[e->key_len - len] = '\0';
	memcpy(value, e->tail + e->key_len, e->value_len);
	value[e->value_len] = '\0';
	if (!read_id(key, &id) || !take(st, &id, value)) {
		nw_state_lose(st, NW_LOSS_HOST);
	}
	return true;
}
