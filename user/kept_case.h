/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of cases over restarts: times of rows, and rows that are no more. A row says of which boot
 * its times are and what the wall clock was off boot time: within one boot they are exact whatever was
 * done to the clock, over boots they are as right as the wall clock. What a row says is a file's, and
 * never taken to lie in the future.
 */
#pragma once

#include "case.h"
#include "kept.h"
#include "state/state.h"

#define NW_KEPT_CLOCK 2 /* numbers: offset, boot */

void nw_kept_clock(struct nw_kept *row, const struct nw_state *st);

struct nw_kept_place {
	uint64_t shift; /* from the row's times to ours, modulo 2^64 */
	bool is_same_boot;
	bool is_unsure; /* the clock is behind the row: how long ago it was nobody knows */
};

/* clock: place of its two numbers; last: the newest time that the row has, not negative or of an earlier
 * boot. False: it can't be true. */
NW_MUST_CHECK bool nw_kept_place(const struct nw_state *st, const struct nw_kept *row,
				 unsigned clock, int64_t last, struct nw_kept_place *ret);
/* Between two times, the first maybe of an earlier boot: how long nobody looked. */
uint64_t nw_kept_unseen(const struct nw_state *st, uint64_t from_ns, uint64_t to_ns);

/* Cases whose rows are to be taken out, with the next ticks. Starts as zeros; where there is no room a
 * row stays, and is too old at some start. */
#define NW_KEPT_GONE 64
struct nw_kept_gone {
	char key[NW_KEPT_GONE][NW_CASE_KEY];
	unsigned count;
};
void nw_kept_gone_add(struct nw_kept_gone *g, const char *key);
/* Takes them out, but for those that came again. False: enough for now. */
bool nw_kept_gone_tell(struct nw_kept_gone *g, const char *kind, const struct nw_cases *c,
		       struct nw_kept_pace *p, const struct nw_keeper *k, uint64_t now_ns);
