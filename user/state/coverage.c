/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage: when was there somebody who could see? A bounded ledger of intervals of this session,
 * made of events alone. Ticks say how time passes: boot time less monotonic time is time asleep,
 * wall time less boot time jumps when a clock is set, and a tick that is late is a stall. Loss
 * counters and the facts about hooks say what of it was seen in part only. Owns the intervals; when
 * there is no room the two that lie closest become one, and what was between counts as covered in
 * part: never more is claimed than was seen.
 * Intervals begin with the session and end with it: to keep them over restarts is the daemon's.
 */
#include <string.h>

#include "internal.h"

#define LATE_NS	  (2 * NW_NSEC_PER_SEC)	   /* beyond a tick's period */
#define ASLEEP_NS (100 * NW_NSEC_PER_MSEC) /* the two clocks are read one after the other */
#define JUMP_NS	  (500 * NW_NSEC_PER_MSEC) /* NTP slews less than this in any period */

static uint64_t length(const struct nw_gap *g)
{
	return g->to_ns - g->from_ns;
}

/* The two neighbours that are closest become one. */
static void make_room(struct nw_coverage_book *c)
{
	uint32_t best = 0;
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i + 1 < c->gaps; i++) {
		uint64_t between = c->gap[i + 1].from_ns - c->gap[i].to_ns;

		if (between < least) {
			least = between;
			best = i;
		}
	}
	c->gap[best].to_ns = c->gap[best + 1].to_ns;
	c->gap[best].why |= c->gap[best + 1].why;
	memmove(&c->gap[best + 1], &c->gap[best + 2], (c->gaps - best - 2) * sizeof(c->gap[0]));
	c->gaps--;
}

/* Intervals come in order and do not overlap: one that begins before the last one's end goes on. */
static void add(struct nw_coverage_book *c, uint64_t from, uint64_t to, uint32_t why)
{
	struct nw_gap *last = c->gaps ? &c->gap[c->gaps - 1] : NULL;

	if (last && from <= last->to_ns) {
		last->to_ns = NW_MAX(last->to_ns, to);
		last->why |= why;
		return;
	}
	if (c->gaps == NW_GAPS_MAX) {
		make_room(c);
	}
	c->gap[c->gaps++] = (struct nw_gap){ .from_ns = from, .to_ns = to, .why = why };
}

/* What takes from the picture. A decoder's or a name table's loss hides a word, not a flow. */
static uint64_t lost(const struct nw_state *st)
{
	static const enum nw_loss causes[] = {
		NW_LOSS_RING_FULL,    NW_LOSS_STORAGE,	      NW_LOSS_UNMEASURED,
		NW_LOSS_LINK,	      NW_LOSS_REJECTED,	      NW_LOSS_PROC_EVICTED,
		NW_LOSS_FLOW_EVICTED, NW_LOSS_HOST,	      NW_LOSS_SINK,
		NW_LOSS_RECORD,	      NW_LOSS_COVERT_EVICTED, NW_LOSS_LISTENER_EVICTED,
		NW_LOSS_FILE,	      NW_LOSS_FILE_EVICTED,   NW_LOSS_READ,
	};
	uint64_t n = 0;

	for (size_t i = 0; i < NW_ARRAY_SIZE(causes); i++) {
		n += st->loss[causes[i]];
	}
	return n;
}

void nw_coverage_on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	static const char hook[] = "hook.";
	struct nw_coverage_book *c = &st->coverage;
	const char *value = e->tail + e->key_len;

	if (e->key_len == 7 && memcmp(e->tail, "session", 7) == 0 && e->value_len == 5) {
		c->from_ns = c->last_ns = st->now_ns; /* "start" */
		c->lost = lost(st);
		return;
	}
	if (e->key_len < sizeof(hook) || memcmp(e->tail, hook, sizeof(hook) - 1) != 0) {
		return;
	}
	/* once the session runs, a hook that goes off stays off; those of the start are in status */
	if (c->from_ns && e->value_len >= 3 && memcmp(value, "off", 3) == 0) {
		c->is_blind = true;
	}
}

void nw_coverage_on_tick(struct nw_state *st, const struct nw_ev_tick *e)
{
	struct nw_coverage_book *c = &st->coverage;
	uint64_t asleep = e->mono_ns && c->mono_ns
				  ? (e->ev.ts_ns - c->tick_ns) - (e->mono_ns - c->mono_ns)
				  : 0;
	int64_t jumped = (int64_t)(e->wall_ns - e->ev.ts_ns - c->wall_offset_ns);
	uint64_t took = st->now_ns - c->last_ns;
	uint32_t why = 0;

	if (c->from_ns && c->tick_ns) {
		asleep = asleep <= took && asleep > ASLEEP_NS ? asleep : 0;
		if (asleep) {
			why |= NW_GAP_ASLEEP;
			c->coverage.suspends++;
			c->coverage.asleep_ns += asleep;
		}
		if (took - asleep > NW_MAX(e->period_ns, c->period_ns) + LATE_NS) {
			why |= NW_GAP_STALL;
			c->coverage.stalls++;
		}
		if (jumped > (int64_t)JUMP_NS || jumped < -(int64_t)JUMP_NS) {
			c->coverage.clock_jumps++; /* hides nothing: boot time goes on */
		}
		if (lost(st) != c->lost) {
			why |= NW_GAP_LOSS;
		}
		if (c->is_blind) {
			why |= NW_GAP_HOOK;
		}
		if (why) {
			add(c, c->last_ns, st->now_ns, why);
		}
		c->last_ns = st->now_ns;
		c->lost = lost(st);
	}
	c->tick_ns = e->ev.ts_ns;
	c->mono_ns = e->mono_ns;
	c->wall_offset_ns = e->wall_ns - e->ev.ts_ns;
	c->period_ns = e->period_ns;
}

/* ---- reading -------------------------------------------------------------------------------- */

void nw_coverage_of(const struct nw_state *st, uint64_t from_ns, uint64_t to_ns,
		    struct nw_coverage *ret)
{
	const struct nw_coverage_book *c = &st->coverage;
	uint64_t from = NW_MAX(from_ns, c->from_ns);
	uint64_t to = NW_MIN(to_ns, st->now_ns);

	*ret = c->coverage;
	ret->window_ns = to_ns > from_ns ? to_ns - from_ns : 0;
	ret->observed_ns = c->from_ns && to > from ? to - from : 0;
	ret->full_ns = ret->observed_ns;
	ret->why = ret->observed_ns < ret->window_ns ? NW_GAP_BEFORE : 0;
	for (uint32_t i = 0; i < c->gaps && ret->observed_ns; i++) {
		struct nw_gap g = c->gap[i];

		g.from_ns = NW_MAX(g.from_ns, from);
		g.to_ns = NW_MIN(g.to_ns, to);
		if (g.from_ns < g.to_ns) {
			ret->full_ns -= length(&g);
			ret->why |= g.why;
		}
	}
	/* since the last tick: not looked at yet, but for what is known to be lost */
	if (ret->observed_ns && (c->is_blind || lost(st) != c->lost) && to > c->last_ns) {
		ret->full_ns -= NW_MIN(to - NW_MAX(from, c->last_ns), ret->full_ns);
		ret->why |= c->is_blind ? NW_GAP_HOOK : NW_GAP_LOSS;
	}
}

void nw_coverage_of_session(const struct nw_state *st, struct nw_coverage *ret)
{
	uint64_t from = st->coverage.from_ns ? st->coverage.from_ns : st->now_ns;

	nw_coverage_of(st, from, st->now_ns, ret);
}
