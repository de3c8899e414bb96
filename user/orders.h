/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets orders over a connection and has each done by a shell of its own: something comes, a shell is
 * started with a text at least as short, something goes out, and again. The shells live for a moment
 * and have no part in the connection; the rhythm alone shows it. Fixed room; the oldest goes.
 * Source: docs/indicators.md, reverse-shell.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

#define NW_ORDERS	32
#define NW_ORDERS_TEXTS 8

struct nw_orders_of {
	struct nw_proc_id proc;		/* who starts shells */
	uint64_t cookie;		/* of the connection; 0 = none yet */
	uint64_t text[NW_ORDERS_TEXTS]; /* hashes of what shells were told; a ring */
	uint64_t heard;			/* bytes since the last order was done */
	uint64_t first_heard;		/* of the first order */
	uint64_t started_ns;		/* the shell that is waited for; 0 = none */
	uint32_t texts, told_len;	/* told_len: of its text */
	uint32_t done;			/* different orders */
	uint32_t heard_times;		/* measures with something in */
	bool is_varied;			/* orders were not all of one size */
};

struct nw_orders {
	struct nw_orders_of of[NW_ORDERS];
	uint32_t count;
};

/* A process ran a program. */
void nw_orders_exec(struct nw_orders *o, const struct nw_state *st, const struct nw_proc *p,
		    uint64_t now_ns);
/* A measure of a connection that this host began. True: its owner lives so. */
bool nw_orders_moved(struct nw_orders *o, const struct nw_moved *m, uint64_t now_ns);
