/* SPDX-License-Identifier: Apache-2.0 */
/* How much of a time was seen, and by which hooks. Pure reading; times are boot times, in ns. */
#pragma once

#include <stdint.h>

#include "state/state.h"

/* Why something was seen in part only. */
#define NW_GAP_BEFORE (1U << 0) /* the session had not begun, or is over */
#define NW_GAP_ASLEEP (1U << 1) /* the host was suspended */
#define NW_GAP_STALL  (1U << 2) /* ticks are missing: nvrwatch did not run */
#define NW_GAP_LOSS   (1U << 3)
#define NW_GAP_HOOK   (1U << 4) /* a hook went off */
/* between two sessions: nobody looked; part of the window, not of what was observed */
#define NW_GAP_RESTART (1U << 5)

/* Of one window, and of the whole session so far. Times may be of an earlier boot: then they are
 * negative, modulo 2^64, and their wall clock is right. */
struct nw_coverage {
	uint64_t window_ns;
	uint64_t observed_ns; /* of the window, the sessions' part */
	uint64_t full_ns;     /* of that, what nothing is known to be missing of */
	uint32_t why;	      /* NW_GAP_* of the rest */
	/* of the session */
	uint64_t asleep_ns;
	uint32_t suspends, stalls;
	uint32_t clock_jumps; /* of the wall clock */
	uint32_t starts;      /* sessions, with this one */
};

/* A hook was off; boot times, of an earlier boot as above. */
struct nw_hook_off {
	int64_t from_ns, to_ns;
	uint64_t hook; /* enum nw_hook */
};

void nw_coverage_of(const struct nw_state *st, uint64_t from_ns, uint64_t to_ns,
		    struct nw_coverage *ret);
/* The same of the session so far. */
void nw_coverage_of_session(const struct nw_state *st, struct nw_coverage *ret);
/* And since the first day that is known of, as far as that was kept. */
void nw_coverage_of_all(const struct nw_state *st, struct nw_coverage *ret);
/* Hooks that were off in some part of the window, as bits: 1 << hook. */
uint64_t nw_hooks_off(const struct nw_state *st, uint64_t from_ns, uint64_t to_ns);
/* When which hook was off, the newest first; NULL behind the last. */
const struct nw_hook_off *nw_hook_off_at(const struct nw_state *st, unsigned i);
/* "asleep", "loss" ... of the bit 1 << i of why; NULL behind the last. */
const char *nw_gap_name(unsigned i);
