/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage over restarts: what earlier sessions saw in part or not at all comes as rows of the kind
 * "coverage" in front of the session, and the session tells its own every few seconds. Each row says
 * of which boot its times are and what the wall clock's offset was, so within one boot they are exact
 * whatever was done to the clock, and over boots they are the wall clock's. What lies between the last
 * row and the session's start nobody saw: a gap. Rows are a file's: what can't be true is dropped,
 * and nothing of it can make more be claimed than was seen.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define KIND	 "coverage"
#define AGES_NS	 (100LL * 366 * 24 * 3600 * (int64_t)NW_NSEC_PER_SEC)
#define GAP_BITS (NW_GAP_RESTART * 2 - 1)

/* All rows begin with these four: NW_COVERAGE_TIMES. */
enum row_all {
	ALL_FIRST,
	ALL_TO,
	ALL_OFFSET,
	ALL_BOOT,
	ALL_STARTS = NW_COVERAGE_TIMES,
	ALL_SUSPENDS,
	ALL_ASLEEP,
	ALL_STALLS,
	ALL_JUMPS,
	ALL_NUMBERS
};
enum row_gap {
	GAP_WHY = NW_COVERAGE_TIMES,
	GAP_NUMBERS
};

static int64_t plus(int64_t a, uint64_t b)
{
	return (int64_t)((uint64_t)a + b); /* whatever the row says */
}

/* ---- from rows ------------------------------------------------------------------------------ */

/* From the row's boot time to ours. */
static uint64_t shift_of(const struct nw_state *st, const struct nw_kept *row)
{
	if ((uint64_t)row->n[ALL_BOOT] == st->id_seed) {
		return 0;
	}
	return (uint64_t)row->n[ALL_OFFSET] - st->wall_offset_ns;
}

static bool is_span(int64_t from, int64_t to)
{
	return from > -AGES_NS && to < AGES_NS && from < to;
}

bool nw_coverage_span(const struct nw_state *st, const struct nw_kept *row, int64_t *ret_from,
		      int64_t *ret_to)
{
	uint64_t shift = shift_of(st, row);

	*ret_from = plus(row->n[ALL_FIRST], shift);
	*ret_to = plus(row->n[ALL_TO], shift);
	return is_span(*ret_from, *ret_to);
}

static bool take_all(struct nw_state *st, const struct nw_kept *row)
{
	struct nw_coverage_book *c = &st->coverage;
	int64_t from, to;

	if (row->len < ALL_NUMBERS || !nw_coverage_span(st, row, &from, &to)) {
		return false;
	}
	c->first_ns = from;
	c->past_ns = to;
	c->has_past = true;
	c->before = (struct nw_coverage){
		.starts = (uint32_t)row->n[ALL_STARTS],
		.suspends = (uint32_t)row->n[ALL_SUSPENDS],
		.asleep_ns = (uint64_t)row->n[ALL_ASLEEP],
		.stalls = (uint32_t)row->n[ALL_STALLS],
		.clock_jumps = (uint32_t)row->n[ALL_JUMPS],
	};
	return true;
}

/* They come in any order, and are put in order when the session starts. */
static bool take_gap(struct nw_state *st, const struct nw_kept *row)
{
	struct nw_coverage_book *c = &st->coverage;
	struct nw_gap g = { .why = (uint32_t)row->n[GAP_WHY] & GAP_BITS };

	if (row->len < GAP_NUMBERS || c->gaps == NW_GAPS_MAX ||
	    !nw_coverage_span(st, row, &g.from_ns, &g.to_ns)) {
		return false;
	}
	c->gap[c->gaps++] = g;
	return true;
}

static bool take(struct nw_state *st, const struct nw_kept *row)
{
	if (strcmp(row->key, "all") == 0) {
		return take_all(st, row);
	}
	return strncmp(row->key, NW_HOOK_OFFS_KEY, sizeof(NW_HOOK_OFFS_KEY) - 1) == 0
		       ? nw_hook_offs_take(st, row)
		       : take_gap(st, row);
}

bool nw_coverage_on_kept(struct nw_state *st, const struct nw_ev_fact *e)
{
	struct nw_kept row;

	if (!nw_kept_of(&e->ev, KIND, 0, &row)) {
		return false;
	}
	if (st->coverage.from_ns) {
		return true; /* too late: the session has begun */
	}
	if (!take(st, &row)) {
		nw_state_lose(st, NW_LOSS_STATE);
	}
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct nw_gap *x = a, *y = b;

	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

/* What was kept lies in the past. Where the wall clock says otherwise, it was set back or this boot
 * has no clock yet: how long nobody looked can't be told, and the past ends here. Returns how far it is
 * put back. */
static int64_t place(struct nw_coverage_book *c, int64_t now)
{
	int64_t ahead = c->past_ns - now;

	if (ahead <= 0) {
		return 0;
	}
	c->first_ns -= ahead;
	c->past_ns = now;
	c->before.clock_jumps++;
	for (uint32_t i = 0; i < c->gaps; i++) {
		c->gap[i].from_ns -= ahead;
		c->gap[i].to_ns -= ahead;
	}
	return ahead;
}

void nw_coverage_join(struct nw_state *st)
{
	struct nw_coverage_book *c = &st->coverage;
	uint32_t gaps = c->gaps;
	int64_t now = (int64_t)st->now_ns;

	c->coverage.starts = 1;
	if (!c->has_past) {
		c->gaps = 0; /* nobody knows from when they would be */
		nw_hook_offs_join(st, 0);
		c->first_ns = now;
		return;
	}
	nw_hook_offs_join(st, place(c, now));
	qsort(c->gap, gaps, sizeof(c->gap[0]), by_start);
	c->gaps = 0; /* and in again, in order; never behind where it is read */
	for (uint32_t i = 0; i < gaps; i++) {
		struct nw_gap g = c->gap[i];

		nw_coverage_add(c, NW_MAX(g.from_ns, c->first_ns), NW_MIN(g.to_ns, now), g.why);
	}
	nw_coverage_add(c, c->past_ns, now, NW_GAP_RESTART);
}

/* ---- to rows -------------------------------------------------------------------------------- */

struct nw_kept nw_coverage_row(const struct nw_state *st, const char *key, int64_t from, int64_t to)
{
	struct nw_kept row = nw_kept_row(KIND, key);

	nw_kept_add(&row, from);
	nw_kept_add(&row, to);
	nw_kept_add(&row, (int64_t)st->wall_offset_ns);
	nw_kept_add(&row, (int64_t)st->id_seed);
	return row;
}

static bool keep(const struct nw_state *st, const struct nw_kept *row)
{
	return st->keeper.keep(st->keeper.ctx, row);
}

static bool is_same_gap(const struct nw_gap *a, const struct nw_gap *b)
{
	return a->from_ns == b->from_ns && a->to_ns == b->to_ns && a->why == b->why;
}

/* Gaps that are not as they were kept. False: not all of them. */
static bool keep_gaps(struct nw_state *st, unsigned at_once)
{
	struct nw_coverage_book *c = &st->coverage;

	for (uint32_t i = 0; i < c->gaps; i++) {
		char key[16];
		struct nw_kept row;

		if (is_same_gap(&c->gap[i], &c->kept[i])) {
			continue;
		}
		(void)snprintf(key, sizeof(key), "gap.%04u", i);
		row = nw_coverage_row(st, key, c->gap[i].from_ns, c->gap[i].to_ns);
		nw_kept_add(&row, c->gap[i].why);
		if (!at_once-- || !keep(st, &row)) {
			return false;
		}
		c->kept[i] = c->gap[i];
	}
	return true;
}

static bool keep_all(struct nw_state *st)
{
	struct nw_coverage_book *c = &st->coverage;
	struct nw_kept row = nw_coverage_row(st, "all", c->first_ns, (int64_t)st->now_ns);
	struct nw_coverage all;

	nw_coverage_of_all(st, &all);
	nw_kept_add(&row, all.starts);
	nw_kept_add(&row, all.suspends);
	nw_kept_add(&row, (int64_t)all.asleep_ns);
	nw_kept_add(&row, all.stalls);
	nw_kept_add(&row, all.clock_jumps);
	return keep(st, &row);
}

/* Gaps first: when the row of all is there, so are they. */
void nw_coverage_keep(struct nw_state *st, bool is_end)
{
	struct nw_coverage_book *c = &st->coverage;

	if (!st->keeper.keep || !c->from_ns ||
	    (!is_end && st->now_ns < c->kept_ns + NW_KEPT_EVERY_NS)) {
		return;
	}
	nw_hook_offs_on_tick(st); /* up to now, as all */
	if (nw_hook_offs_keep(st) && keep_gaps(st, is_end ? NW_GAPS_MAX : NW_KEPT_AT_ONCE) &&
	    keep_all(st)) {
		c->kept_ns = st->now_ns;
	}
}
