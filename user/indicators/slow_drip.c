/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slow-drip: a program sends little at a time to one network outside, but on and on, and gets hardly
 * anything back: over hours and days it adds up. Owns a table of (network, program); the one that was
 * silent longest goes; its sums survive a restart. Source: docs/indicators.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "indicators/indicator.h"
#include "kept_case.h"
#include "util/window.h"

#define PAIRS	     2048
#define HOURS	     72
#define HOUR_NS	     (3600 * NW_NSEC_PER_SEC)
#define QUIET_NS     (24 * HOUR_NS)
#define UP_MIN	     (5ULL * 1000 * 1000)
#define UP_DOWN	     3			    /* so many times what came back */
#define HOUR_MAX     (120ULL * 1000 * 1000) /* 33 kB/s: what is more is bulk-upload's */
#define ACTIVE_MIN   4			    /* hours with traffic */
#define ACTIVE_PART  2			    /* 1 / share of the hours since the first */
#define LARGEST_PART 2 /* 1 / share of all that one hour may have: else it was one upload */
#define TELL_SCORE   40

/* A row of a pair that is kept over restarts. */
#define KIND	  "slow-drip"
#define VERSION	  1
#define BEFORE_NS (54900ULL * 24 * HOUR_NS) /* no time is older */
#define DOWN_BITS 32
#define UP_MAX	  ((1U << 30) - 1) /* of an hour; more is above HOUR_MAX as well */

enum row {
	ROW_VERSION,
	ROW_CLOCK,
	ROW_LAST = ROW_CLOCK + NW_KEPT_CLOCK,
	ROW_PHASE, /* of its hour, at that time */
	ROW_HOURS, /* the newest first, to the first: up, down */
	ROW_MAX = ROW_HOURS + HOURS
};
_Static_assert(ROW_MAX <= NW_KEPT_NUMBERS, "a pair is one row");

struct pair {
	uint32_t up[HOURS], down[HOURS];
	uint64_t last_ns; /* with traffic */
	uint32_t hour, hour_down;
	uint32_t first_hour;  /* with traffic, of the window */
	uint64_t hour_off_ns; /* added to a time: where its hours begin, and never negative */
	uint64_t kept_ns;     /* when it was kept last */
	bool is_changed;      /* since then */
	bool is_read;	      /* of an earlier session, and nothing was sent in this one */
};

struct slow_drip {
	struct nw_cases cases;
	struct pair *pair;
	struct nw_kept_pace pace;
	struct nw_kept_gone gone;
};

struct sums {
	uint64_t up, down, largest;
	unsigned active, span;
};

static int slow_drip_init(void *self, const struct nw_config *config)
{
	struct slow_drip *s = self;

	(void)config;
	s->pair = calloc(PAIRS, sizeof(*s->pair));
	return s->pair ? nw_cases_init(&s->cases, PAIRS) : -ENOMEM;
}

static void slow_drip_fini(void *self)
{
	struct slow_drip *s = self;

	free(s->pair);
	nw_cases_free(&s->cases);
}

static struct sums sums_of(const struct pair *p)
{
	struct sums r = { .up = nw_window_sum(p->up, HOURS),
			  .down = nw_window_sum(p->down, HOURS),
			  .span = NW_MIN(p->hour - p->first_hour + 1, (uint32_t)HOURS) };

	for (unsigned back = 0; back < r.span; back++) {
		uint32_t up = p->up[(p->hour - back) % HOURS];

		r.largest = NW_MAX(r.largest, up);
		r.active += up > 0;
	}
	return r;
}

static uint8_t score_of(const struct sums *s)
{
	static const struct nw_scale scale[] = {
		{ UP_MIN, 40 }, { 5 * UP_MIN, 50 }, { 100 * UP_MIN, 70 }, { 1000 * UP_MIN, 80 }
	};

	if (s->up < UP_MIN || s->up / UP_DOWN < s->down || s->active < ACTIVE_MIN ||
	    s->active * ACTIVE_PART < s->span || s->largest > HOUR_MAX ||
	    s->largest * LARGEST_PART > s->up) {
		return 0;
	}
	return (uint8_t)nw_scale_of(scale, NW_ARRAY_SIZE(scale), s->up);
}

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct sums *s, uint8_t score, enum nw_finding_action action)
{
	struct nw_finding f = {
		.rule_id = "slow-drip",
		.rule_name = "A little sent outside, hour after hour",
		.question = "afterwards",
		.reason = action == NW_FINDING_CLOSED
				  ? "It no longer adds up: nothing for a day, or no longer one way"
				  : "A program's small uploads to one network add up",
		.known_ways_to_be_wrong =
			"logs, metrics and crash reports to a service outside look the same: "
			"declare it in `allowed`",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = nw_severity_of(score),
		.score = score,
		.confidence = (uint8_t)NW_MIN(80U, 40 + s->active),
		.technique = { "T1030", "T1029", "T1041" },
		.evidence = { { .key = "up_bytes", .number = s->up },
			      { .key = "down_bytes", .number = s->down },
			      { .key = "hours_active", .number = s->active },
			      { .key = "hours_of_them", .number = s->span },
			      { .key = "largest_hour_bytes", .number = s->largest } },
		.evidence_len = 5,
	};

	nw_dest_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

static uint32_t hour_of(const struct pair *p, uint64_t ns)
{
	return (uint32_t)NW_MIN((ns + p->hour_off_ns) / HOUR_NS, (uint64_t)UINT32_MAX);
}

static void forget_row(struct slow_drip *s, uint32_t i)
{
	if (s->pair[i].kept_ns) {
		nw_kept_gone_add(&s->gone, s->cases.item[i].key);
	}
}

/* Made when there is none. Whole hours in which nobody looked are no hours without a byte: what was
 * before a restart moves up to it. */
static uint32_t pair_of(struct slow_drip *s, const struct nw_state *st, const char *key,
			uint64_t now)
{
	uint32_t out = nw_cases_pushed_out(&s->cases, key);
	struct pair *p;
	bool is_new;
	uint32_t i;

	if (out != NW_CASE_NONE) {
		forget_row(s, out);
	}
	i = nw_cases_get(&s->cases, key, &is_new);
	p = &s->pair[i];
	if (is_new) {
		*p = (struct pair){ .hour_off_ns = BEFORE_NS };
		p->hour = p->hour_down = p->first_hour = hour_of(p, now);
	}
	if (p->is_read) {
		p->hour_off_ns -= nw_kept_unseen(st, p->last_ns, now) / HOUR_NS * HOUR_NS;
		p->is_read = false;
	}
	return i;
}

static void on_moved(struct slow_drip *s, const struct nw_state *st, const struct nw_moved *m,
		     uint64_t now, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	char group[NW_DEST_MAX];
	enum nw_finding_action action;
	struct nw_case *k;
	struct sums sums;
	struct pair *p;
	uint32_t hour;
	uint8_t score;
	uint32_t i;

	nw_dest_group(st, m->flow, group);
	nw_case_key_text(&key, group);
	nw_case_key_program(&key, nw_dest_proc(m->flow));
	i = pair_of(s, st, key.text, now);
	k = &s->cases.item[i];
	p = &s->pair[i];
	hour = hour_of(p, now);
	p->last_ns = now;
	p->is_changed = true;
	if (!k->is_open) { /* an open one ends when it no longer fits, too */
		nw_lru_touch(&s->cases.lru, i);
		k->last_ns = now;
	}
	nw_window_turn(p->up, sizeof(*p->up), HOURS, &p->hour, hour);
	nw_window_turn(p->down, sizeof(*p->down), HOURS, &p->hour_down, hour);
	if (p->hour - p->first_hour >= HOURS) {
		p->first_hour = p->hour - HOURS + 1;
	}
	nw_window_add(&p->up[p->hour % HOURS], m->tx_bytes);
	nw_window_add(&p->down[p->hour % HOURS], m->rx_bytes);
	if (p->hour - p->first_hour + 1 < ACTIVE_MIN) {
		return;
	}
	sums = sums_of(p);
	score = score_of(&sums);
	if (score < TELL_SCORE) {
		return;
	}
	nw_dest_subject(k, m->flow);
	if (nw_cases_seen(&s->cases, i, now, score, &action)) {
		tell(st, emit, k, &sums, score, action);
	}
}

static void on_tick(struct slow_drip *s, const struct nw_state *st, uint64_t now,
		    const struct nw_emit *emit)
{
	uint32_t i = nw_cases_quiet(&s->cases, now, QUIET_NS);
	struct sums sums;

	if (i == NW_CASE_NONE) {
		return;
	}
	if (s->cases.item[i].is_open) {
		sums = sums_of(&s->pair[i]);
		tell(st, emit, &s->cases.item[i], &sums, s->cases.item[i].score, NW_FINDING_CLOSED);
	}
	forget_row(s, i);
	nw_cases_remove(&s->cases, i);
}

/* ---- over restarts -------------------------------------------------------------------------- */

static struct nw_kept row_of(const struct nw_state *st, const char *key, const struct pair *p)
{
	struct nw_kept row = nw_kept_row(KIND, key);
	uint32_t hours = NW_MIN(p->hour - p->first_hour + 1, (uint32_t)HOURS);

	nw_kept_add(&row, VERSION);
	nw_kept_clock(&row, st);
	nw_kept_add(&row, (int64_t)p->last_ns);
	nw_kept_add(&row, (int64_t)((p->last_ns + p->hour_off_ns) % HOUR_NS));
	for (uint32_t back = 0; back < hours; back++) {
		uint64_t up = NW_MIN(p->up[(p->hour - back) % HOURS], UP_MAX);

		nw_kept_add(&row, (int64_t)(up << DOWN_BITS | p->down[(p->hour - back) % HOURS]));
	}
	return row;
}

static void keep(struct slow_drip *s, const struct nw_state *st, const struct nw_emit *emit)
{
	uint64_t now = nw_state_now_ns(st);

	if (!nw_kept_gone_tell(&s->gone, KIND, &s->cases, &s->pace, &emit->keeper, now)) {
		return;
	}
	for (uint32_t i = s->cases.lru.newest; i != NW_LRU_NONE; i = s->cases.lru.link[i].older) {
		struct pair *p = &s->pair[i];
		struct nw_kept row;

		if (!p->is_changed || !nw_kept_is_again(&s->pace, p->kept_ns, now)) {
			continue;
		}
		row = row_of(st, s->cases.item[i].key, p);
		if (!nw_kept_tell(&s->pace, &emit->keeper, &row, now)) {
			return;
		}
		p->kept_ns = now;
		p->is_changed = false;
	}
}

/* NULL, or why it is none. */
static const char *of_row(const struct nw_state *st, const struct nw_kept *row, struct pair *ret)
{
	struct nw_kept_place place;
	uint32_t hours;

	if (row->n[ROW_VERSION] != VERSION) {
		return "another version's";
	}
	if (row->len <= ROW_HOURS || row->len > ROW_MAX || row->n[ROW_PHASE] < 0 ||
	    (uint64_t)row->n[ROW_PHASE] >= HOUR_NS ||
	    !nw_kept_place(st, row, ROW_CLOCK, row->n[ROW_LAST], &place)) {
		return "what it says can't be true";
	}
	hours = row->len - ROW_HOURS;
	*ret = (struct pair){
		.last_ns = (uint64_t)row->n[ROW_LAST] + place.shift,
		.kept_ns = 1, /* long ago */
		.is_read = true,
	};
	/* its hours go on where they began: the time into this one is what it was */
	ret->hour_off_ns = BEFORE_NS + ((uint64_t)row->n[ROW_PHASE] + HOUR_NS -
					(ret->last_ns + BEFORE_NS) % HOUR_NS) %
					       HOUR_NS;
	ret->hour = ret->hour_down = hour_of(ret, ret->last_ns);
	ret->first_hour = ret->hour - (hours - 1);
	for (uint32_t back = 0; back < hours; back++) {
		int64_t n = row->n[ROW_HOURS + back];

		if (n < 0 || n >> DOWN_BITS > UP_MAX) {
			return "what it says can't be true";
		}
		ret->up[(ret->hour - back) % HOURS] = (uint32_t)(n >> DOWN_BITS);
		ret->down[(ret->hour - back) % HOURS] = (uint32_t)n;
	}
	return NULL;
}

static void on_kept(struct slow_drip *s, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_emit *emit)
{
	struct nw_kept row;
	struct pair p;
	const char *why;
	bool is_new;
	uint32_t i;

	if (!nw_kept_of(ev, KIND, 1, &row)) {
		return;
	}
	why = of_row(st, &row, &p);
	if (why) {
		emit->refuse(emit->ctx, KIND, why);
		return;
	}
	if (ev->ts_ns - p.last_ns >= QUIET_NS) {
		nw_kept_gone_add(&s->gone, row.key);
		return;
	}
	i = nw_cases_get(&s->cases, row.key, &is_new);
	if (is_new) {
		s->pair[i] = p;
		s->cases.item[i].last_ns = p.last_ns;
	}
}

static void slow_drip_on_event(void *self, const struct nw_state *state, const struct nw_event *ev,
			       const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);
	struct slow_drip *s = self;

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(s, state, ev->ts_ns, emit);
	} else if (ev->shape == NW_SHAPE_FACT) {
		on_kept(s, state, ev, emit);
	}
	if (nw_kept_is_due(&s->pace, &emit->keeper, ev)) {
		keep(s, state, emit);
	}
	if (m->flow && (m->tx_bytes || m->rx_bytes) && nw_dest_is_foreign(state, m->flow) &&
	    !(m->flow->flags & NW_SOCK_FORWARDED)) {
		on_moved(s, state, m, ev->ts_ns, emit);
	}
}

const struct nw_indicator nw_indicator_slow_drip = {
	.id = "slow-drip",
	.doc = "a program sends a little outside, hour after hour, and gets hardly anything back",
	.self_size = sizeof(struct slow_drip),
	.init = slow_drip_init,
	.fini = slow_drip_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(FACT) | NW_SEES(TICK),
	.on_event = slow_drip_on_event,
};
