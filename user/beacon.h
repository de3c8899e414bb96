/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What beacon knows of a program and where it goes: its last contacts, and how that survives a restart,
 * as one row. Pure; the indicator owns the table. Formulas: docs/indicators.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kept.h"
#include "state/state.h"
#include "util/regular.h"

#define NW_BEACON_RING 63 /* intervals, of 64 contacts */
#define NW_BEACON_FAST 9  /* intervals, of 10 contacts */
#define NW_BEACON_KIND "beacon"

#define NW_BEACON_MIXED 0 /* a place: several */

struct nw_beacon_pair {
	/* boot times; of an earlier boot: negative, modulo 2^64 */
	uint64_t start_ns; /* of the last contact; 0 = none yet */
	uint64_t last_ns;  /* of its last payload */
	uint64_t first_ns;
	uint64_t hour_off_ns; /* added to a time: where its hours begin, and never negative */
	uint64_t kept_ns;     /* when it was kept last */
	uint32_t sent, got;   /* by the last contact */
	uint32_t contacts;
	uint32_t hours; /* the hour that bar[hours % 24] is of */
	uint8_t len, at;
	bool is_any;	  /* of whatever place, by a number for each; NW_BEACON_MIXED: of several */
	bool is_changed;  /* since it was kept */
	bool is_read;	  /* of an earlier session, and no contact in this one */
	bool is_unsure;	  /* and how long ago nobody knows */
	uint64_t fetches; /* a bit for each contact, the last the lowest: it got a transfer */
	uint32_t interval[NW_BEACON_RING]; /* ms, in the order of time */
	uint32_t size[NW_BEACON_RING];	   /* bytes sent, of the contact at the interval's start */
	uint32_t intervals[NW_BEACON_RING + 1]; /* sorted */
	uint32_t sizes[NW_BEACON_RING + 1];
	uint32_t bar[NW_RITA_BARS];	    /* contacts of each hour */
	uint32_t place[NW_BEACON_FAST + 1]; /* of the last contacts, contacts % (FAST + 1) */
};

/* One with no contact yet, at its first. */
struct nw_beacon_pair nw_beacon_begin(uint64_t start_ns, bool is_any);
/* A contact is whole: how long until the next, what it sent, and whether it got a transfer. */
void nw_beacon_add(struct nw_beacon_pair *p, uint32_t ms, uint32_t sent, bool is_fetch);
void nw_beacon_count_hour(struct nw_beacon_pair *p, uint64_t start_ns);

/* from_ns: since when contacts are looked for. */
struct nw_kept nw_beacon_row(const struct nw_state *st, const char *key,
			     const struct nw_beacon_pair *p, uint64_t from_ns);
/* NULL, or why it is none. */
const char *nw_beacon_of_row(const struct nw_state *st, const struct nw_kept *row,
			     struct nw_beacon_pair *ret, uint64_t *ret_from_ns);
