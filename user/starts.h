/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs started, themselves and by what they started, in one run: of whom a policy may say what
 * it starts. Bounded; what finds no room is counted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "output.h"
#include "state/state.h"

struct nw_start {
	char who[256];	   /* program */
	char started[256]; /* another one */
	bool runs_text;	   /* a shell or an interpreter */
};

struct nw_starts;

NW_MUST_CHECK int nw_starts_new(struct nw_starts **ret);
void nw_starts_free(struct nw_starts *s);
/* A process with its program: behind all who are before it in its line, as far as they are known. */
void nw_starts_proc(struct nw_starts *s, const struct nw_state *st, const struct nw_proc *p);
/* In the order of the first time; NULL behind the last. */
const struct nw_start *nw_starts_at(const struct nw_starts *s, unsigned i);
uint64_t nw_starts_lost(const struct nw_starts *s);
