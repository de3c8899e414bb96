/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage: when was there somebody who could see? A bounded ledger of intervals of this session,
 * made of events alone. Ticks say how time passes: boot time less monotonic time is time asleep,
 * wall time less boot time jumps when a clock is set, and a tick that is late is a stall. Loss
 * counters and the facts about hooks say what of it was seen in part only. Owns the intervals; when
 * there is no room the two that lie closest become one, and what was between counts as covered in
 * part: never more is claimed than was seen.
 * coverage_past.c keeps them over restarts; coverage_hooks.c says which hooks were off when.
 */
#include <string.h>

#include "internal.h"

#define LATE_NS	  (2 * NW_NSEC_PER_SEC)	   /* beyond a tick's period */
#define ASLEEP_NS (100 * NW_NSEC_PER_MSEC) /* the two clocks are read one after the other */
#define JUMP_NS	  (500 * NW_NSEC_PER_MSEC) /* NTP slews less than this in any period */

static bool is_restart(const struct nw_gap *g)
{
	return g->why & NW_GAP_RESTART;
}

/* The two neighbours that are closest become one; a time in which nobody looked and one that was seen
 * in part only when there are no others. */
static void make_room(struct nw_coverage_book *c)
{
	uint32_t best = 0;
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i + 1 < c->gaps; i++) {
		uint64_t between = (uint64_t)(c->gap[i + 1].from_ns - c->gap[i].to_ns);

		if (is_restart(&c->gap[i]) != is_restart(&c->gap[i + 1])) {
			between += UINT64_MAX / 2;
		}
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
void nw_coverage_add(struct nw_coverage_book *c, int64_t from, int64_t to, uint32_t why)
{
	struct nw_gap *last = c->gaps ? &c->gap[c->gaps - 1] : NULL;

	if (last && from <= last->to_ns) {
		if (is_restart(last) == !!(why & NW_GAP_RESTART)) {
			last->to_ns = NW_MAX(last->to_ns, to);
			last->why |= why;
			return;
		}
		from = last->to_ns;
	}
	if (from >= to) {
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
		NW_LOSS_FILE,	      NW_LOSS_FILE_EVICTED,   NW_LOSS_CHANGE,
		NW_LOSS_READ,	      NW_LOSS_SKIPPED,
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
	bool is_off;

	if (e->key_len == 7 && memcmp(e->tail, "session", 7) == 0 && e->value_len == 5) {
		c->from_ns = c->last_ns = st->now_ns; /* "start" */
		nw_coverage_join(st);
		c->lost = lost(st);
		return;
	}
	if (e->key_len < sizeof(hook) || memcmp(e->tail, hook, sizeof(hook) - 1) != 0) {
		return;
	}
	is_off = e->value_len >= 3 && memcmp(value, "off", 3) == 0;
	nw_hook_offs_on_fact(st, e->tail + sizeof(hook) - 1, e->key_len - sizeof(hook) + 1, is_off);
	/* once the session runs, a hook that goes off stays off; those of the start are another thing */
	if (c->from_ns && is_off) {
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
			/* they have another wall clock now */
			memset(c->kept, 0, sizeof(c->kept));
			memset(c->off.kept, 0, sizeof(c->off.kept));
		}
		if (lost(st) != c->lost) {
			why |= NW_GAP_LOSS;
		}
		if (c->is_blind) {
			why |= NW_GAP_HOOK;
		}
		if (why) {
			nw_coverage_add(c, (int64_t)c->last_ns, (int64_t)st->now_ns, why);
		}
		nw_hook_offs_on_tick(st);
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
	int64_t from = NW_MAX((int64_t)from_ns, c->first_ns);
	int64_t to = NW_MIN((int64_t)to_ns, (int64_t)st->now_ns);
	uint64_t since_last =
		to > (int64_t)c->last_ns ? (uint64_t)(to - NW_MAX(from, (int64_t)c->last_ns)) : 0;

	*ret = c->coverage;
	ret->window_ns = (int64_t)to_ns > (int64_t)from_ns ? to_ns - from_ns : 0;
	ret->observed_ns = c->from_ns && to > from ? (uint64_t)(to - from) : 0;
	ret->full_ns = ret->observed_ns;
	ret->why = ret->observed_ns < ret->window_ns ? NW_GAP_BEFORE : 0;
	for (uint32_t i = 0; i < c->gaps && ret->full_ns; i++) {
		int64_t begin = NW_MAX(c->gap[i].from_ns, from);
		int64_t end = NW_MIN(c->gap[i].to_ns, to);

		if (begin < end) {
			ret->full_ns -= NW_MIN((uint64_t)(end - begin), ret->full_ns);
			ret->observed_ns -= is_restart(&c->gap[i]) ? (uint64_t)(end - begin) : 0;
			ret->why |= c->gap[i].why;
		}
	}
	/* since the last tick: not looked at yet, but for what is known to be lost */
	if (ret->observed_ns && (c->is_blind || lost(st) != c->lost) && since_last) {
		ret->full_ns -= NW_MIN(since_last, ret->full_ns);
		ret->why |= c->is_blind ? NW_GAP_HOOK : NW_GAP_LOSS;
	}
}

void nw_coverage_of_session(const struct nw_state *st, struct nw_coverage *ret)
{
	uint64_t from = st->coverage.from_ns ? st->coverage.from_ns : st->now_ns;

	nw_coverage_of(st, from, st->now_ns, ret);
}

void nw_coverage_of_all(const struct nw_state *st, struct nw_coverage *ret)
{
	const struct nw_coverage_book *c = &st->coverage;

	nw_coverage_of(st, c->from_ns ? (uint64_t)c->first_ns : st->now_ns, st->now_ns, ret);
	ret->asleep_ns += c->before.asleep_ns;
	ret->suspends += c->before.suspends;
	ret->stalls += c->before.stalls;
	ret->clock_jumps += c->before.clock_jumps;
	ret->starts += c->before.starts;
}

const char *nw_gap_name(unsigned i)
{
	static const char *const words[] = { /* in the order of NW_GAP_* */
					     "before", "asleep", "stall", "loss", "hook", "restart"
	};

	return i < NW_ARRAY_SIZE(words) ? words[i] : NULL;
}
