/* SPDX-License-Identifier: Apache-2.0 */
/* Who started what. Owns its table, and copies what it keeps. */
#include "starts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX    2048
#define GENERATIONS 8

struct nw_starts {
	struct nw_start row[ROWS_MAX];
	unsigned used;
	uint64_t lost;
};

int nw_starts_new(struct nw_starts **ret)
{
	struct nw_starts *s = calloc(1, sizeof(*s));

	if (!s) {
		return -ENOMEM;
	}
	*ret = s;
	return 0;
}

void nw_starts_free(struct nw_starts *s)
{
	free(s);
}

static void add(struct nw_starts *s, const char *who, const char *started, bool runs_text)
{
	struct nw_start *r;

	for (unsigned i = 0; i < s->used; i++) {
		r = &s->row[i];
		if (strcmp(r->who, who) == 0 && strcmp(r->started, started) == 0) {
			r->runs_text = r->runs_text || runs_text;
			return;
		}
	}
	if (s->used == ROWS_MAX) {
		s->lost++;
		return;
	}
	r = &s->row[s->used++];
	(void)snprintf(r->who, sizeof(r->who), "%s", who);
	(void)snprintf(r->started, sizeof(r->started), "%s", started);
	r->runs_text = runs_text;
}

void nw_starts_proc(struct nw_starts *s, const struct nw_state *st, const struct nw_proc *p)
{
	bool runs_text = p->program & (NW_PROGRAM_SHELL | NW_PROGRAM_INTERPRETER);
	const struct nw_proc *by = nw_proc_find(st, &p->parent_id);

	for (unsigned i = 0; p->exe[0] && by && i < GENERATIONS; i++) {
		if (by->exe[0] == '/' && strcmp(by->exe, p->exe) != 0) {
			add(s, by->exe, p->exe, runs_text);
		}
		by = nw_proc_find(st, &by->parent_id);
	}
}

const struct nw_start *nw_starts_at(const struct nw_starts *s, unsigned i)
{
	return i < s->used ? &s->row[i] : NULL;
}

uint64_t nw_starts_lost(const struct nw_starts *s)
{
	return s->lost;
}
