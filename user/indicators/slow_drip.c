/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slow-drip: a program sends little at a time to one network outside, but on and on, and gets hardly
 * anything back: over hours and days it adds up. Owns a table of (network, program); the one that was
 * silent longest goes. Source: docs/indicators.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "indicators/indicator.h"
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

struct pair {
	uint32_t up[HOURS], down[HOURS];
	uint32_t hour, hour_down;
	uint32_t first_hour; /* with traffic, of the window */
};

struct slow_drip {
	struct nw_cases cases;
	struct pair *pair;
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

static void on_moved(struct slow_drip *s, const struct nw_state *st, const struct nw_moved *m,
		     uint64_t now, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	uint32_t hour = (uint32_t)(now / HOUR_NS);
	char group[NW_DEST_MAX];
	enum nw_finding_action action;
	struct nw_case *k;
	struct sums sums;
	struct pair *p;
	uint8_t score;
	bool is_new;
	uint32_t i;

	nw_dest_group(st, m->flow, group);
	nw_case_key_text(&key, group);
	nw_case_key_program(&key, nw_dest_proc(m->flow));
	i = nw_cases_get(&s->cases, key.text, &is_new);
	k = &s->cases.item[i];
	p = &s->pair[i];
	if (is_new) {
		*p = (struct pair){ .hour = hour, .hour_down = hour, .first_hour = hour };
	}
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
	nw_cases_remove(&s->cases, i);
}

static void slow_drip_on_event(void *self, const struct nw_state *state, const struct nw_event *ev,
			       const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(self, state, ev->ts_ns, emit);
	}
	if (m->flow && (m->tx_bytes || m->rx_bytes) && nw_dest_is_foreign(state, m->flow) &&
	    !(m->flow->flags & NW_SOCK_FORWARDED)) {
		on_moved(self, state, m, ev->ts_ns, emit);
	}
}

const struct nw_indicator nw_indicator_slow_drip = {
	.id = "slow-drip",
	.doc = "a program sends a little outside, hour after hour, and gets hardly anything back",
	.self_size = sizeof(struct slow_drip),
	.init = slow_drip_init,
	.fini = slow_drip_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = slow_drip_on_event,
};
