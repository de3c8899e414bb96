/* SPDX-License-Identifier: Apache-2.0 */
/* What the ledger is held against: the kernel's counters of IP, and sums over all flows. A part of struct
 * nw_state; balance.c alone writes it. Octets and packets, totals. */
#pragma once

#include "state/state.h"

/* The kernel's counters; each one of IPv4 is followed by the same of IPv6: balance.c */
enum nw_counter {
	NW_COUNTER_IN4,
	NW_COUNTER_IN6,
	NW_COUNTER_OUT4,
	NW_COUNTER_OUT6,
	NW_COUNTER_IN4_PACKETS,
	NW_COUNTER_IN6_PACKETS,
	NW_COUNTER_OUT4_PACKETS,
	NW_COUNTER_OUT6_PACKETS,
	NW_COUNTER_FORWARDED4,
	NW_COUNTER_FORWARDED6,
	NW_COUNTER_PIECES4, /* fragments that came in, and what was put together of them */
	NW_COUNTER_PIECES6,
	NW_COUNTER_WHOLES4,
	NW_COUNTER_WHOLES6,
	NW_COUNTER_AGAIN, /* TCP segments sent again, and those sent once */
	NW_COUNTER_FIRST,
	NW_COUNTER_OLD, /* TCP segments that came again, in order and not */
	NW_COUNTER_OLD_GAP,
	NW_COUNTER_DROP_BACKLOG, /* packets that their TCP socket had no room for */
	NW_COUNTER_DROP_QUEUE,
	NW_COUNTER_DROP_WINDOW,
	NW_COUNTER_DROP_GAP,
	NW_COUNTERS,
};

/* Of all flows together, totals that only differences are taken of. */
struct nw_sums {
	uint64_t payload, segments, headers; /* TCP; headers with IP's */
	uint64_t other, others;		     /* octets and packets of the rest */
};

struct nw_sums_all {
	struct nw_sums sums[2][2]; /* by way, IPv4 and IPv6 */
	struct nw_sums forwarded[2];
	uint64_t turns[2]; /* TCP connections that began or ended */
};

struct nw_balance_book {
	struct nw_balance balance;
	struct nw_balance_span open;	/* the window that is not whole yet */
	struct nw_sums_all now, before; /* before: at the last reading */
	uint64_t kernel[NW_COUNTERS];	/* the last reading */
	bool has_reading;
};
