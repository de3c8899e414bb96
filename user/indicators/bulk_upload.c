/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bulk-upload: within an hour a program sends to one network outside far more than it usually sends in
 * an hour to all of them. What it gets back must be little. Before a program was seen for half a day
 * it has no baseline, and the finding is information. Source: docs/indicators.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "indicators/indicator.h"
#include "util/regular.h"
#include "util/window.h"

#define PAIRS	 2048 /* program and network */
#define PROGRAMS 512
#define SLOTS	 12 /* of five minutes */
#define SLOT_NS	 (300 * NW_NSEC_PER_SEC)
#define HOURS	 24
#define HOUR_NS	 (3600 * NW_NSEC_PER_SEC)
#define QUIET_NS (2 * HOUR_NS)

/* Hours and the ring's places for them: hours before this boot are kept, and must not be negative. */
#define BEFORE_BOOT (40U * (HOURS + 1))

#define UNIT_BYTES   1024ULL /* of all counters here: 4 TB in an hour */
#define UP_MIN	     (50ULL * 1000 * 1000)
#define UP_DOWN	     3	 /* so many times what came back */
#define BASE_HOURS   12	 /* whole hours before there is a baseline */
#define BASE_MADS    6.0 /* above its median; 1.4826 MADs are a standard deviation of a normal */
#define BASE_TIMES   4.0
#define NO_BASE_MAX  49 /* score */
#define NO_BASE_LESS 10
#define TELL_SCORE   40

struct pair {
	uint32_t up[SLOTS], down[SLOTS];
	uint32_t slot, slot_down;
	uint32_t rest_up, rest_down; /* bytes, less than a unit */
};

struct program {
	uint32_t up[HOURS + 1]; /* to all; the newest hour is not whole */
	uint32_t hour;
	uint32_t first_hour;
	uint32_t rest;
	uint32_t kept_hour; /* hour when it was kept, 0 = not yet */
};

struct bulk_upload {
	struct nw_cases cases;
	struct nw_cases programs;
	struct pair *pair;
	struct program *program;
	struct nw_kept_pace pace;
	bool has_policy; /* the site declared where programs send: nothing else needs a past to be much */
};

struct base {
	uint32_t hours; /* whole ones, 0 = no baseline yet */
	double median, mad;
};

static int bulk_upload_init(void *self, const struct nw_config *config)
{
	struct bulk_upload *b = self;

	b->has_policy = config->allowed_count > 0;
	b->pair = calloc(PAIRS, sizeof(*b->pair));
	b->program = calloc(PROGRAMS, sizeof(*b->program));
	if (!b->pair || !b->program || nw_cases_init(&b->cases, PAIRS) < 0) {
		return -ENOMEM;
	}
	return nw_cases_init(&b->programs, PROGRAMS);
}

static void bulk_upload_fini(void *self)
{
	struct bulk_upload *b = self;

	free(b->pair);
	free(b->program);
	nw_cases_free(&b->cases);
	nw_cases_free(&b->programs);
}

/* ---- the baseline --------------------------------------------------------------------------- */

/* Of whole hours since the program was first seen, those without a byte too. */
static struct base base_of(const struct program *p)
{
	struct base r = { .hours = 0 };
	uint32_t sorted[HOURS + 1];

	if (p->hour > p->first_hour) {
		r.hours = NW_MIN(p->hour - p->first_hour, (uint32_t)HOURS);
	}
	for (uint32_t i = 0; i < r.hours; i++) {
		nw_sorted_add(sorted, i, p->up[(p->hour - 1 - i) % (HOURS + 1)]);
	}
	r.median = nw_median(sorted, r.hours, 1);
	r.mad = nw_mad(sorted, r.hours, 1);
	return r;
}

static uint8_t score_of(const struct bulk_upload *b, const struct pair *p, const struct base *base)
{
	static const struct nw_scale scale[] = {
		{ UP_MIN, 50 }, { 10 * UP_MIN, 65 }, { 100 * UP_MIN, 80 }, { 1000 * UP_MIN, 90 }
	};
	uint64_t up = nw_window_sum(p->up, SLOTS) * UNIT_BYTES;
	uint64_t down = nw_window_sum(p->down, SLOTS) * UNIT_BYTES;
	double usual = base->median + BASE_MADS * 1.4826 * base->mad;
	uint32_t score;

	usual = NW_MAX(usual, BASE_TIMES * base->median) * (double)UNIT_BYTES;
	if (up < UP_MIN || up / UP_DOWN < down) {
		return 0;
	}
	score = nw_scale_of(scale, NW_ARRAY_SIZE(scale), up);
	if (base->hours < BASE_HOURS && !b->has_policy) {
		return (uint8_t)NW_MIN(score - NO_BASE_LESS, (uint32_t)NO_BASE_MAX);
	}
	return (double)up > usual ? (uint8_t)score : 0;
}

/* ---- telling -------------------------------------------------------------------------------- */

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct pair *p, const struct base *base, uint8_t score,
		 enum nw_finding_action action)
{
	bool has_base = base->hours >= BASE_HOURS;
	struct nw_finding f = {
		.rule_id = "bulk-upload",
		.rule_name = "Much more sent outside than usual",
		.question = "afterwards",
		.reason =
			action == NW_FINDING_CLOSED ? "It sends no more than usual"
			: has_base
				? "A program sent far more to one network than it usually sends in an hour"
				: "A program that is not known for long sent much to one network",
		.known_ways_to_be_wrong =
			"a first backup, an export by staff, a changed camera or bit rate; an "
			"upload that somebody ordered looks the same: declare it in `allowed`",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = nw_severity_of(score),
		.score = score,
		.confidence = has_base ? 75 : 40,
		.technique = { "T1048", "T1041", "T1567" },
		.evidence = { { .key = "up_bytes_hour",
				.number = nw_window_sum(p->up, SLOTS) * UNIT_BYTES },
			      { .key = "down_bytes_hour",
				.number = nw_window_sum(p->down, SLOTS) * UNIT_BYTES },
			      { .key = "baseline_hours", .number = base->hours },
			      { .key = "baseline_median_bytes",
				.number = (uint64_t)base->median * UNIT_BYTES },
			      { .key = "baseline_mad_bytes",
				.number = (uint64_t)base->mad * UNIT_BYTES } },
		.evidence_len = 5,
	};

	nw_dest_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

/* ---- books ---------------------------------------------------------------------------------- */

static uint32_t units(uint32_t *rest, uint64_t bytes)
{
	uint64_t sum = bytes < UINT64_MAX - *rest ? bytes + *rest : UINT64_MAX;

	*rest = (uint32_t)(sum % UNIT_BYTES);
	return (uint32_t)NW_MIN(sum / UNIT_BYTES, (uint64_t)UINT32_MAX);
}

static uint32_t hour_of(uint64_t now)
{
	return (uint32_t)(now / HOUR_NS) + BEFORE_BOOT;
}

static struct program *program_of(struct bulk_upload *b, const char *key, uint64_t now)
{
	struct program *p;
	bool is_new;
	uint32_t i;

	i = nw_cases_get(&b->programs, key, &is_new);
	nw_lru_touch(&b->programs.lru, i);
	p = &b->program[i];
	if (is_new) {
		*p = (struct program){ .hour = hour_of(now) };
		p->first_hour = p->hour + 1; /* the first hour is not whole */
	}
	nw_window_turn(p->up, sizeof(*p->up), HOURS + 1, &p->hour, hour_of(now));
	return p;
}

static void on_moved(struct bulk_upload *b, const struct nw_state *st, const struct nw_moved *m,
		     uint64_t now, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	struct nw_case_key program = { .len = 0 };
	char group[NW_DEST_MAX];
	enum nw_finding_action action;
	struct program *prog;
	struct nw_case *k;
	struct base base;
	struct pair *p;
	uint8_t score;
	bool is_new;
	uint32_t i;

	nw_case_key_program(&program, nw_dest_proc(m->flow));
	prog = program_of(b, program.text, now);
	nw_dest_group(st, m->flow, group);
	nw_case_key_text(&key, group);
	nw_case_key_program(&key, nw_dest_proc(m->flow));
	i = nw_cases_get(&b->cases, key.text, &is_new);
	k = &b->cases.item[i];
	p = &b->pair[i];
	if (is_new) {
		*p = (struct pair){ .slot = (uint32_t)(now / SLOT_NS) };
		p->slot_down = p->slot;
	}
	if (!k->is_open) { /* an open one ends when it is no longer much, not when it is silent */
		nw_lru_touch(&b->cases.lru, i);
		k->last_ns = now;
	}
	nw_window_turn(p->up, sizeof(*p->up), SLOTS, &p->slot, (uint32_t)(now / SLOT_NS));
	nw_window_turn(p->down, sizeof(*p->down), SLOTS, &p->slot_down, (uint32_t)(now / SLOT_NS));
	nw_window_add(&p->up[p->slot % SLOTS], units(&p->rest_up, m->tx_bytes));
	nw_window_add(&p->down[p->slot % SLOTS], units(&p->rest_down, m->rx_bytes));
	nw_window_add(&prog->up[prog->hour % (HOURS + 1)], units(&prog->rest, m->tx_bytes));
	if (nw_window_sum(p->up, SLOTS) * UNIT_BYTES < UP_MIN) {
		return;
	}
	base = base_of(prog);
	score = score_of(b, p, &base);
	if (score < TELL_SCORE) {
		return;
	}
	nw_dest_subject(k, m->flow);
	if (nw_cases_seen(&b->cases, i, now, score, &action)) {
		tell(st, emit, k, p, &base, score, action);
	}
}

static void on_tick(struct bulk_upload *b, const struct nw_state *st, uint64_t now,
		    const struct nw_emit *emit)
{
	uint32_t i = nw_cases_quiet(&b->cases, now, QUIET_NS);
	const struct base none = { .hours = 0 };

	if (i == NW_CASE_NONE) {
		return;
	}
	if (b->cases.item[i].is_open) {
		tell(st, emit, &b->cases.item[i], &b->pair[i], &none, b->cases.item[i].score,
		     NW_FINDING_CLOSED);
	}
	nw_cases_remove(&b->cases, i);
}

/* ---- over restarts -------------------------------------------------------------------------- */

#define KIND "bulk-upload"

/* Whole hours alone, the newest first; told once an hour. */
static bool keep_program(struct bulk_upload *b, uint32_t i, const struct nw_emit *emit,
			 uint64_t now)
{
	struct program *p = &b->program[i];
	struct nw_kept row = nw_kept_row(KIND, b->programs.item[i].key);
	uint32_t hours = p->hour > p->first_hour ? NW_MIN(p->hour - p->first_hour, HOURS + 0U) : 0;

	if (p->kept_hour == p->hour || !hours) {
		return true;
	}
	for (uint32_t back = 1; back <= hours; back++) {
		nw_kept_add(&row, p->up[(p->hour - back) % (HOURS + 1)]);
	}
	if (!nw_kept_tell(&b->pace, &emit->keeper, &row, now)) {
		return false;
	}
	p->kept_hour = p->hour;
	return true;
}

static void keep(struct bulk_upload *b, const struct nw_emit *emit, uint64_t now)
{
	if (!nw_kept_is_time(&b->pace, &emit->keeper, now)) {
		return;
	}
	for (uint32_t i = b->programs.lru.newest; i != NW_LRU_NONE;
	     i = b->programs.lru.link[i].older) {
		if (!keep_program(b, i, emit, now)) {
			return;
		}
	}
}

/* Its hours stand before this one, as if nothing was between: hours in which nobody looked are no
 * hours without a byte. */
static void on_kept(struct bulk_upload *b, const struct nw_event *ev)
{
	struct nw_kept row;
	struct program *p;

	if (!nw_kept_of(ev, KIND, 1, &row) || row.len > HOURS) {
		return;
	}
	p = program_of(b, row.key, ev->ts_ns);
	p->first_hour = p->hour - row.len;
	p->kept_hour = p->hour;
	for (uint32_t back = 1; back <= row.len; back++) {
		p->up[(p->hour - back) % (HOURS + 1)] =
			(uint32_t)NW_MIN(NW_MAX(row.n[back - 1], 0), (int64_t)UINT32_MAX);
	}
}

static void bulk_upload_on_event(void *self, const struct nw_state *state,
				 const struct nw_event *ev, const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(self, state, ev->ts_ns, emit);
		keep(self, emit, ev->ts_ns);
	} else if (ev->shape == NW_SHAPE_FACT) {
		on_kept(self, ev);
	}
	/* whoever began: data leaves through connections from outside too */
	if (m->flow && (m->tx_bytes || m->rx_bytes) && nw_dest_is_foreign(state, m->flow) &&
	    !(m->flow->flags & NW_SOCK_FORWARDED)) {
		on_moved(self, state, m, ev->ts_ns, emit);
	}
}

const struct nw_indicator nw_indicator_bulk_upload = {
	.id = "bulk-upload",
	.doc = "a program sends far more to a network outside than it usually does",
	.self_size = sizeof(struct bulk_upload),
	.init = bulk_upload_init,
	.fini = bulk_upload_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(FACT) | NW_SEES(TICK),
	.on_event = bulk_upload_on_event,
};
