/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blind-spot: something could not be seen. One finding for each cause of loss, opened with the first
 * loss, updated at most once a minute while it goes on, closed after five minutes without. And one
 * for the balance: the kernel moved more than a thousandth beyond what flows explain, or less.
 * Source: docs/indicators.md.
 */
#include <string.h>

#include "indicators/indicator.h"

#define UPDATE_NS (60 * NW_NSEC_PER_SEC)
#define QUIET_NS  (300 * NW_NSEC_PER_SEC)

/* What may be off in a window of a minute: both a share and an amount. A LAN's broadcasts and the
 * packets of a port scan stay below, and so does what moves between two looks. */
#define OFF_PPM	      1000
#define OFF_BYTES     1048576ULL
#define OFF_ALERT_PPM 10000

struct spot {
	uint64_t seen; /* total when last looked at */
	uint64_t first_ns;
	uint64_t last_ns; /* of the last loss */
	uint64_t told_ns;
	uint64_t count; /* since it opened */
	uint64_t told;	/* of count, what was told */
};

struct off {		  /* the balance: spans that did not come out even, in a row or nearly */
	uint32_t windows; /* looked at */
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t count; /* 0 = not open */
};

struct blind_spot {
	struct spot spot[_NW_LOSS_MAX];
	struct off off;
};

/* How much a cause takes from the picture. A decoder that can't read one message hides one name; an
 * event that found no room may hide anything. */
static uint8_t score_of(enum nw_loss cause)
{
	switch (cause) {
	case NW_LOSS_RING_FULL:
	case NW_LOSS_STORAGE:
	case NW_LOSS_UNMEASURED:
	case NW_LOSS_REJECTED:
	case NW_LOSS_SKIPPED:
		return 60;
	case NW_LOSS_PROC_EVICTED:
	case NW_LOSS_FLOW_EVICTED:
	case NW_LOSS_LISTENER_EVICTED:
	case NW_LOSS_HOLD_EVICTED:
	case NW_LOSS_COVERT_EVICTED:
	case NW_LOSS_FILE:
	case NW_LOSS_CHANGE:
	case NW_LOSS_FILE_EVICTED:
	case NW_LOSS_READ:
	case NW_LOSS_LINK:
	case NW_LOSS_SINK:
	case NW_LOSS_RECORD:
		return 40;
	default:
		return 10;
	}
}

static void emit_spot(const struct nw_emit *emit, enum nw_loss cause, struct spot *s,
		      enum nw_finding_action action, uint64_t now)
{
	const struct nw_finding f = {
		.rule_id = "blind-spot",
		.rule_name = "Something could not be seen",
		.key = nw_loss_name(cause),
		.question = "trust",
		.reason = action == NW_FINDING_CLOSED
				  ? "Nothing more of this kind was lost for five minutes"
				  : "What happened on this host is not told completely",
		.known_ways_to_be_wrong = "none: it reports a count that was kept",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = score_of(cause) >= 50 ? 3 : 2,
		.score = score_of(cause),
		.confidence = 100,
		.first_ns = s->first_ns,
		.last_ns = s->last_ns,
		.count = s->count,
		.evidence = { { .key = "cause", .text = nw_loss_name(cause) },
			      { .key = "lost", .number = s->count } },
		.evidence_len = 2,
	};

	s->told_ns = now;
	s->told = s->count;
	emit->finding(emit->ctx, &f);
}

static void look(const struct nw_state *state, const struct nw_emit *emit, enum nw_loss cause,
		 struct spot *s, uint64_t now)
{
	uint64_t total = nw_state_loss(state, cause);

	if (total > s->seen) {
		bool is_new = s->count == 0;

		if (is_new) {
			s->first_ns = now;
		}
		s->count += total - s->seen;
		s->seen = total;
		s->last_ns = now;
		if (is_new) {
			emit_spot(emit, cause, s, NW_FINDING_OPENED, now);
		}
	}
	if (s->count == 0) {
		return;
	}
	if (now >= s->last_ns + QUIET_NS) {
		emit_spot(emit, cause, s, NW_FINDING_CLOSED, now);
		s->count = 0;
		s->told = 0;
	} else if (s->count != s->told && now >= s->told_ns + UPDATE_NS) {
		emit_spot(emit, cause, s, NW_FINDING_UPDATED, now);
	}
}

/* ---- the balance ---------------------------------------------------------------------------- */

static uint64_t off_by(const struct nw_balance_side *s)
{
	return nw_balance_missed(s) + nw_balance_surplus(s); /* one of them is 0 */
}

/* In parts of a million; 0 where it may be what no flow is for. */
static uint64_t off_share(const struct nw_balance_side *s)
{
	uint64_t share = nw_balance_ppm(off_by(s), NW_MAX(s->kernel, s->explained));

	return off_by(s) > OFF_BYTES && share > OFF_PPM ? share : 0;
}

static void emit_off(const struct nw_emit *emit, const struct off *o,
		     const struct nw_balance_span *w, enum nw_finding_action action)
{
	const struct nw_balance_side *in = &w->side[NW_WAY_IN];
	const struct nw_balance_side *out = &w->side[NW_WAY_OUT];
	uint64_t share = NW_MAX(off_share(in), off_share(out));
	uint8_t score = share >= OFF_ALERT_PPM ? 60 : 40;
	const struct nw_finding f = {
		.rule_id = "blind-spot",
		.rule_name = "Something could not be seen",
		.key = "balance",
		.question = "trust",
		.reason = action == NW_FINDING_CLOSED
				  ? "Flows explain again what the kernel counted"
				  : "The kernel counted other octets than flows explain",
		.known_ways_to_be_wrong =
			"what reaches no socket is in no flow: packets that a firewall drops, "
			"broadcasts, closed ports; lost and repeated TCP segments are estimated; "
			"MPTCP's options and jumbo datagrams cut by their receiver are not known",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = score >= NW_ALERT_SCORE ? 3 : 2,
		.score = score,
		.confidence = 80,
		.first_ns = o->first_ns,
		.last_ns = o->last_ns,
		.count = o->count,
		.evidence = { { .key = "cause", .text = "balance" },
			      { .key = "in_kernel_bytes", .number = in->kernel },
			      { .key = "in_bytes_missed", .number = nw_balance_missed(in) },
			      { .key = "in_bytes_surplus", .number = nw_balance_surplus(in) },
			      { .key = "out_kernel_bytes", .number = out->kernel },
			      { .key = "out_bytes_missed", .number = nw_balance_missed(out) },
			      { .key = "out_bytes_surplus", .number = nw_balance_surplus(out) } },
		.evidence_len = 7,
	};

	emit->finding(emit->ctx, &f);
}

static void weigh(const struct nw_state *state, const struct nw_emit *emit, struct off *o)
{
	const struct nw_balance *b = nw_balance_of(state);
	const struct nw_balance_span *w = b ? &b->window : NULL;
	bool is_new = o->count == 0;

	if (!b || b->windows == o->windows) {
		return;
	}
	o->windows = b->windows;
	if (nw_balance_why_not(state, w)) {
		return;
	}
	if (off_share(&w->side[NW_WAY_IN]) || off_share(&w->side[NW_WAY_OUT])) {
		o->first_ns = is_new ? w->from_ns : o->first_ns;
		o->last_ns = w->to_ns;
		o->count++;
		emit_off(emit, o, w, is_new ? NW_FINDING_OPENED : NW_FINDING_UPDATED);
	} else if (o->count && w->to_ns >= o->last_ns + QUIET_NS) {
		emit_off(emit, o, w, NW_FINDING_CLOSED);
		o->count = 0;
	}
}

static void blind_spot_on_event(void *self, const struct nw_state *state, const struct nw_event *ev,
				const struct nw_emit *emit)
{
	struct blind_spot *b = self;

	if (ev->shape == NW_SHAPE_FACT) {
		weigh(state, emit, &b->off);
	}
	if (ev->shape != NW_SHAPE_TICK) {
		return;
	}
	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		look(state, emit, (enum nw_loss)i, &b->spot[i], ev->ts_ns);
	}
}

const struct nw_indicator nw_indicator_blind_spot = {
	.id = "blind-spot",
	.doc = "something could not be seen: loss, eviction, malformed event, octets that no flow explains",
	.self_size = sizeof(struct blind_spot),
	.sees = NW_SEES(FACT) | NW_SEES(TICK),
	.on_event = blind_spot_on_event,
};
