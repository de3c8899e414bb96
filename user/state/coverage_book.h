/* SPDX-License-Identifier: Apache-2.0 */
/* What the three files of coverage share: the ledger itself, which the state owns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kept.h"
#include "state/coverage.h"

#define NW_GAPS_MAX 1024

/* Boot times here may be negative: what was kept is older than the boot. */
struct nw_gap {
	int64_t from_ns, to_ns;
	uint32_t why; /* NW_GAP_* */
};

/* Which hooks were off: coverage_hooks.c */
#define NW_OFFS_MAX	 128
#define NW_HOOK_OFFS_KEY "off."
struct nw_hook_offs {
	uint64_t now; /* bit i: hook i */
	uint32_t len;
	struct nw_hook_off span[NW_OFFS_MAX]; /* in order of their begin; those of one hook apart */
	struct nw_hook_off kept[NW_OFFS_MAX]; /* as they were kept last */
};

struct nw_coverage_book {
	struct nw_coverage coverage;	/* of the session, without a window */
	struct nw_coverage before;	/* of the sessions before it: counts alone */
	struct nw_gap gap[NW_GAPS_MAX]; /* in order, apart from each other */
	uint32_t gaps;
	int64_t first_ns; /* the first day that is known of: from_ns, or what was kept */
	int64_t past_ns;  /* how far what was kept goes */
	bool has_past;	  /* first_ns and past_ns are set */
	uint64_t from_ns; /* the session's start; 0 = not yet */
	uint64_t last_ns; /* looked at up to here */
	uint64_t lost;	  /* then */
	bool is_blind;	  /* a hook went off */
	struct nw_gap kept[NW_GAPS_MAX]; /* the gaps as they were kept last */
	uint64_t kept_ns;
	struct nw_hook_offs off;
	/* of the last tick */
	uint64_t tick_ns, mono_ns, wall_offset_ns, period_ns;
};

void nw_coverage_on_tick(struct nw_state *st, const struct nw_ev_tick *e);
void nw_coverage_on_fact(struct nw_state *st, const struct nw_ev_fact *e);
/* Part of the past, or of the session, was seen in part only. */
void nw_coverage_add(struct nw_coverage_book *c, int64_t from, int64_t to, uint32_t why);
/* What was kept of earlier sessions: coverage_past.c. True when the fact is a row of it. */
bool nw_coverage_on_kept(struct nw_state *st, const struct nw_ev_fact *e);
void nw_coverage_join(struct nw_state *st); /* the session starts: what was between is a gap */
/* The row's times, on this boot's clock; false: they can't be. And a row with such times. */
bool nw_coverage_span(const struct nw_state *st, const struct nw_kept *row, int64_t *ret_from,
		      int64_t *ret_to);
#define NW_COVERAGE_TIMES 4 /* numbers that they are */
struct nw_kept nw_coverage_row(const struct nw_state *st, const char *key, int64_t from,
			       int64_t to);
void nw_coverage_keep(struct nw_state *st, bool is_end);

void nw_hook_offs_on_fact(struct nw_state *st, const char *name, size_t len, bool is_off);
void nw_hook_offs_on_tick(struct nw_state *st);
bool nw_hook_offs_take(struct nw_state *st, const struct nw_kept *row);
/* What was kept lies so far ahead of now, which can't be. */
void nw_hook_offs_join(struct nw_state *st, int64_t ahead_ns);
bool nw_hook_offs_keep(struct nw_state *st); /* false: not all of them */
