/* SPDX-License-Identifier: Apache-2.0 */
/* The way from a camera to a flow: the same process, or the flow's chain. Owns nothing. */
#include "lineage.h"

#include <string.h>

#include "util/macro.h"

/* A process, and how far it is from who sends. */
struct end {
	const struct nw_proc *proc;
	uint8_t steps;
};

#define ENDS_MAX (NW_CHAIN_MAX + 2)

/* Who sends it and whose data that is: the owner too, where a child of its sends. */
static unsigned ends_of(const struct nw_flow *f, struct end ret[ENDS_MAX])
{
	unsigned n = 0;

	if (f->sender) {
		ret[n++] = (struct end){ f->sender, 0 };
	}
	if (f->owner) {
		ret[n++] = (struct end){ f->owner, 0 };
	}
	for (uint8_t i = 1; f->chain && i < f->chain->len; i++) {
		ret[n++] = (struct end){ f->chain->link[i].proc, i };
	}
	return n;
}

bool nw_flow_is_read_by(const struct nw_flow *f, const struct nw_proc *p)
{
	if (f->owner == p) {
		return true;
	}
	for (unsigned i = 0; i < f->roles; i++) {
		if (f->role[i].proc == p && (f->role[i].bits & NW_ROLE_RECEIVED)) {
			return true;
		}
	}
	return false;
}

/* The cameras that found no room, a bit for each: two streams of one are one. */
struct missed {
	uint64_t bit[NW_CAMERAS_MAX / 64];
};

static bool is_new(struct missed *m, unsigned place)
{
	uint64_t *word = &m->bit[place / 64];
	uint64_t before = *word;

	*word |= 1ULL << place % 64;
	return *word != before;
}

static void put(const struct nw_state *st, struct nw_lineage *l, struct nw_lineage_from from,
		struct missed *missed)
{
	for (unsigned i = 0; i < l->len; i++) {
		struct nw_lineage_from *known = &l->from[i];

		if (known->camera == from.camera) {
			if (from.steps < known->steps ||
			    (from.steps == known->steps &&
			     from.ingest->rx_bytes > known->ingest->rx_bytes)) {
				*known = from;
			}
			return;
		}
	}
	if (l->len == NW_LINEAGE_MAX) {
		l->missed += is_new(missed, nw_camera_place(st, from.camera));
		return;
	}
	l->from[l->len++] = from;
}

void nw_lineage_of(const struct nw_state *st, const struct nw_flow *f, struct nw_lineage *ret)
{
	const struct nw_flow *ingest = NULL;
	struct end end[ENDS_MAX];
	struct missed missed = { .bit = { 0 } };
	unsigned ends = ends_of(f, end);

	ret->len = 0;
	ret->missed = 0;
	if (nw_flow_stays_here(f) || (f->flags & NW_SOCK_FORWARDED) || nw_camera_of(st, f)) {
		return;
	}
	while ((ingest = nw_ingest_next(st, ingest))) {
		for (unsigned i = 0; i < ends; i++) {
			if (ingest != f && nw_flow_is_read_by(ingest, end[i].proc)) {
				put(st, ret,
				    (struct nw_lineage_from){ .ingest = ingest,
							      .camera = nw_camera_of(st, ingest),
							      .reader = end[i].proc,
							      .basis = end[i].steps
									       ? NW_LINEAGE_CHAIN
									       : NW_LINEAGE_PROCESS,
							      .steps = end[i].steps },
				    &missed);
				break;
			}
		}
	}
}
