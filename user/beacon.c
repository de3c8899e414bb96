/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pair's contacts, and the row that it becomes. A row has each interval with the size at its start as
 * one number, so that a pair is one row and written at once. What comes back is a file's: it is taken
 * whole, when all of it can be true, or not at all. Owns nothing.
 */
#include "beacon.h"

#include "kept_case.h"
#include "util/window.h"

#define HOUR_NS	  (3600 * NW_NSEC_PER_SEC)
#define DAY_NS	  (24 * HOUR_NS)
#define BEFORE_NS (54900ULL * DAY_NS) /* no time is older; whole days: bars stay where they are */
#define AGES_NS	  (3660ULL * DAY_NS)

#define VERSION	      1
#define BAR_BITS      15 /* 3,600 contacts in an hour at most: they are a second apart */
#define BARS_A_NUMBER 4
#define PLACE_BITS    31
#define SIZE_BITS     32
#define MS_MAX	      ((1U << 29) - 1)
#define BAR_MAX	      ((1U << BAR_BITS) - 1)
#define PLACES	      (NW_BEACON_FAST + 1U)
#define PACKED_BARS   (NW_RITA_BARS / BARS_A_NUMBER)

enum row {
	ROW_VERSION,
	ROW_CLOCK,
	ROW_LAST = ROW_CLOCK + NW_KEPT_CLOCK,
	ROW_START,
	ROW_FIRST,
	ROW_FROM,
	ROW_PHASE, /* of its hour, at the last contact's start */
	ROW_SENT,
	ROW_GOT,
	ROW_CONTACTS,
	ROW_IS_ANY,
	ROW_BARS, /* the newest hour first, four in a number */
	ROW_PLACES = ROW_BARS + PACKED_BARS,
	ROW_INTERVALS = ROW_PLACES + PLACES / 2, /* the oldest first: ms, size, got a transfer */
	ROW_MAX = ROW_INTERVALS + NW_BEACON_RING
};
_Static_assert(ROW_MAX <= NW_KEPT_NUMBERS, "a pair is one row");

/* ---- contacts ------------------------------------------------------------------------------- */

static uint32_t hour_of(const struct nw_beacon_pair *p, uint64_t ns)
{
	return (uint32_t)NW_MIN((ns + p->hour_off_ns) / HOUR_NS, (uint64_t)UINT32_MAX);
}

struct nw_beacon_pair nw_beacon_begin(uint64_t start_ns, bool is_any)
{
	struct nw_beacon_pair p = { .hour_off_ns = BEFORE_NS, .is_any = is_any };

	p.hours = hour_of(&p, start_ns);
	return p;
}

void nw_beacon_add(struct nw_beacon_pair *p, uint32_t ms, uint32_t sent, bool is_fetch)
{
	if (p->len == NW_BEACON_RING) {
		nw_sorted_remove(p->intervals, NW_BEACON_RING, p->interval[p->at]);
		nw_sorted_remove(p->sizes, NW_BEACON_RING, p->size[p->at]);
		p->len--;
	}
	nw_sorted_add(p->intervals, p->len, ms);
	nw_sorted_add(p->sizes, p->len, sent);
	p->fetches = p->fetches << 1 | is_fetch;
	p->interval[p->at] = ms;
	p->size[p->at] = sent;
	p->at = (uint8_t)((p->at + 1) % NW_BEACON_RING);
	p->len++;
}

void nw_beacon_count_hour(struct nw_beacon_pair *p, uint64_t start_ns)
{
	nw_window_turn(p->bar, sizeof(*p->bar), NW_RITA_BARS, &p->hours, hour_of(p, start_ns));
	p->bar[p->hours % NW_RITA_BARS]++;
}

/* ---- to a row ------------------------------------------------------------------------------- */

static void put_bars(struct nw_kept *row, const struct nw_beacon_pair *p)
{
	for (unsigned i = 0; i < NW_RITA_BARS; i += BARS_A_NUMBER) {
		uint64_t packed = 0;

		for (unsigned back = i; back < i + BARS_A_NUMBER; back++) {
			uint32_t bar = p->bar[(p->hours - back) % NW_RITA_BARS];

			packed = packed << BAR_BITS | NW_MIN(bar, BAR_MAX);
		}
		nw_kept_add(row, (int64_t)packed);
	}
}

static void put_intervals(struct nw_kept *row, const struct nw_beacon_pair *p)
{
	for (unsigned i = 0; i < p->len; i++) {
		unsigned at = (p->at + NW_BEACON_RING - p->len + i) % NW_BEACON_RING;
		uint64_t ms = NW_MIN(p->interval[at], MS_MAX);

		nw_kept_add(row, (int64_t)((ms << SIZE_BITS | p->size[at]) << 1 |
					   (p->fetches >> (p->len - 1U - i) & 1)));
	}
}

struct nw_kept nw_beacon_row(const struct nw_state *st, const char *key,
			     const struct nw_beacon_pair *p, uint64_t from_ns)
{
	struct nw_kept row = nw_kept_row(NW_BEACON_KIND, key);

	nw_kept_add(&row, VERSION);
	nw_kept_clock(&row, st);
	nw_kept_add(&row, (int64_t)p->last_ns);
	nw_kept_add(&row, (int64_t)p->start_ns);
	nw_kept_add(&row, (int64_t)p->first_ns);
	/* what began in front of the first event was looked for since then */
	nw_kept_add(&row, (int64_t)((int64_t)(p->first_ns - from_ns) < 0 ? p->first_ns : from_ns));
	nw_kept_add(&row, (int64_t)((p->start_ns + p->hour_off_ns) % HOUR_NS));
	nw_kept_add(&row, p->sent);
	nw_kept_add(&row, p->got);
	nw_kept_add(&row, p->contacts);
	nw_kept_add(&row, p->is_any);
	put_bars(&row, p);
	for (unsigned i = 0; i < PLACES; i += 2) {
		nw_kept_add(&row, (int64_t)((uint64_t)p->place[i] << PLACE_BITS | p->place[i + 1]));
	}
	put_intervals(&row, p);
	return row;
}

/* ---- from a row ----------------------------------------------------------------------------- */

/* Numbers that are no times and none of a boot. */
static bool is_in_range(const struct nw_kept *row)
{
	for (unsigned i = ROW_PHASE; i < row->len; i++) {
		if (row->n[i] < 0 ||
		    (i >= ROW_BARS && i < ROW_PLACES &&
		     row->n[i] >> (BAR_BITS * BARS_A_NUMBER) != 0) ||
		    (i >= ROW_PLACES && i < ROW_INTERVALS && row->n[i] >> (2 * PLACE_BITS) != 0) ||
		    (i >= ROW_INTERVALS && row->n[i] >> (SIZE_BITS + 1) > MS_MAX)) {
			return false;
		}
	}
	return (uint64_t)row->n[ROW_PHASE] < HOUR_NS && row->n[ROW_SENT] <= UINT32_MAX &&
	       row->n[ROW_GOT] <= UINT32_MAX && row->n[ROW_CONTACTS] <= UINT32_MAX &&
	       row->n[ROW_CONTACTS] > row->len - ROW_INTERVALS && row->n[ROW_IS_ANY] <= 1;
}

/* From, first, start, last: each not before the one before it. */
static bool is_in_order(const struct nw_kept *row)
{
	static const unsigned order[] = { ROW_FROM, ROW_FIRST, ROW_START, ROW_LAST };

	for (unsigned i = 1; i < NW_ARRAY_SIZE(order); i++) {
		if ((uint64_t)row->n[order[i]] - (uint64_t)row->n[order[i - 1]] > AGES_NS) {
			return false;
		}
	}
	return true;
}

static void take_bars(const struct nw_kept *row, struct nw_beacon_pair *p)
{
	for (unsigned back = 0; back < NW_RITA_BARS; back++) {
		uint64_t packed = (uint64_t)row->n[ROW_BARS + back / BARS_A_NUMBER];
		unsigned shift = BAR_BITS * (BARS_A_NUMBER - 1 - back % BARS_A_NUMBER);

		p->bar[(p->hours - back) % NW_RITA_BARS] = (uint32_t)(packed >> shift) & BAR_MAX;
	}
}

static void take_all(const struct nw_kept *row, uint64_t shift, struct nw_beacon_pair *p)
{
	uint64_t start = (uint64_t)row->n[ROW_START] + shift;
	uint64_t phase = (uint64_t)row->n[ROW_PHASE];

	*p = (struct nw_beacon_pair){
		.start_ns = start ? start : 1,
		.last_ns = (uint64_t)row->n[ROW_LAST] + shift,
		.first_ns = (uint64_t)row->n[ROW_FIRST] + shift,
		.sent = (uint32_t)row->n[ROW_SENT],
		.got = (uint32_t)row->n[ROW_GOT],
		.contacts = (uint32_t)row->n[ROW_CONTACTS],
		.is_any = row->n[ROW_IS_ANY],
		.is_read = true,
		.kept_ns = 1, /* long ago */
	};
	/* its hours go on where they began: the time into this one is what it was */
	p->hour_off_ns = BEFORE_NS + (phase + HOUR_NS - (start + BEFORE_NS) % HOUR_NS) % HOUR_NS;
	p->hours = hour_of(p, start);
	take_bars(row, p);
	for (unsigned i = 0; i < PLACES; i++) {
		uint64_t packed = (uint64_t)row->n[ROW_PLACES + i / 2];

		p->place[i] = (uint32_t)(i % 2 ? packed : packed >> PLACE_BITS) &
			      ((1U << PLACE_BITS) - 1);
	}
	for (unsigned i = ROW_INTERVALS; i < row->len; i++) {
		uint64_t packed = (uint64_t)row->n[i];

		nw_beacon_add(p, (uint32_t)(packed >> (SIZE_BITS + 1)), (uint32_t)(packed >> 1),
			      packed & 1);
	}
}

const char *nw_beacon_of_row(const struct nw_state *st, const struct nw_kept *row,
			     struct nw_beacon_pair *ret, uint64_t *ret_from_ns)
{
	struct nw_kept_place place;

	if (row->n[ROW_VERSION] != VERSION) {
		return "another version's";
	}
	if (row->len < ROW_INTERVALS || row->len > ROW_MAX || !is_in_range(row) ||
	    !is_in_order(row) || !nw_kept_place(st, row, ROW_CLOCK, row->n[ROW_LAST], &place)) {
		return "what it says can't be true";
	}
	take_all(row, place.shift, ret);
	ret->is_unsure = place.is_unsure;
	*ret_from_ns = (uint64_t)row->n[ROW_FROM] + place.shift;
	return NULL;
}
