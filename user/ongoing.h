/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings that are open, over restarts: what was open when the session before this one ended goes on,
 * since when it began then, and is not opened anew; what is not seen again is closed.
 */
#pragma once

#include "event.h"
#include "kept.h"
#include "output.h"

struct nw_ongoing;

NW_MUST_CHECK int nw_ongoing_new(struct nw_ongoing **ret);
void nw_ongoing_free(struct nw_ongoing *o);
/* Before a finding is told: what of it is of earlier sessions. */
void nw_ongoing_finding(struct nw_ongoing *o, struct nw_finding *f);
/* A row of an earlier session; true when it gave *sequence, the number of findings so far. */
bool nw_ongoing_on_kept(struct nw_ongoing *o, const struct nw_state *st, const struct nw_event *ev,
			uint64_t *sequence);
/* On ticks: the next finding that nobody saw again, as one that closes; false: there is none. Text in
 * it stays until the next call. */
bool nw_ongoing_over(struct nw_ongoing *o, uint64_t now_ns, struct nw_finding *ret);
/* On ticks and at the end: rows to whoever keeps them. */
void nw_ongoing_keep(struct nw_ongoing *o, const struct nw_state *st, const struct nw_keeper *k,
		     uint64_t sequence, bool is_end);
