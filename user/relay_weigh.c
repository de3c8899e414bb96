/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds one group against the streams that it may carry: first who is tied to whom, then whether
 * bytes are conserved, then the shape of the curves. Every threshold was set on the tuning half of
 * tests/data/streams; docs/live-relay.md has the figures of the other half.
 */
#include <math.h>
#include <string.h>

#include "match.h"
#include "relay.h"
#include "state/camera.h"

#define WINDOW	   150U /* slots: 30 s */
#define WINDOW_MIN 75U
#define NAME_MIN   100U /* before that no camera is told from another */
#define LONG	   600U /* of what was encoded anew: 120 s */
#define LONG_MIN   300U
#define LAGS	   18U /* 3.6 s */
#define LAGS_LONG  30U /* segments are sent when they are whole */
#define SETTLE	   5U  /* slots at the beginning that a program's buffers shape */
#define BEFORE	   10U /* slots more, in which the first burst begins */
#define RECENT	   25U
#define GAP	   70U /* slots: 14 s */
#define CANDIDATES 256U

/* Bytes out for a byte in. Above: padding; the curve must then be the better. */
#define RATIO_LOW    0.93
#define RATIO_HIGH   1.35
#define RATIO_PADDED 2.2

#define RATE_LEFT	  0.075 /* slots of mean rate: 15 ms */
#define SHAPE_SHARE	  0.6	/* of what a constant rate leaves: more is no shape */
#define LATE_LEFT	  0.11
#define LATE_SHARE	  0.55
#define BURST_LEFT	  0.03 /* of a mean burst */
#define BURST_SWING	  0.05 /* what a constant rate leaves, of a burst: less is no shape */
#define SWING		  40.0 /* slots: 8 s of backlog */
#define CONSERVED_STREAMS 4
#define SHAPELESS_STREAMS 8
#define RHYTHM_LEAST	  0.22
#define CONSTANT_SHARE	  1.2
#define GAIN_LEAST	  0.1
/* Correlation, after 60 s and after 120 s, of one stream; of the best of several. */
#define TIMING_LEAST	  0.3
#define TIMING_LEAST_LONG 0.2
#define TIMING_LEAST_MANY 0.4
#define TIMING_STREAMS	  4
#define TIMING_BEYOND	  0.06 /* more than chance has, where more are read */
#define SCALED_SHARE	  0.5  /* the curve, at another rate */
/* As an encoder paces. */
#define PACE_STILL   0.02
#define PACE_UNEVEN  0.03
#define PACE_TURNING (-0.35)
#define PACE_LEVEL   0.35
/* The next best must be so much worse before a camera is named. */
#define MARGIN		2.0
#define MARGIN_FEW	4.0 /* where few slots speak */
#define FLOOR_LATE	0.03
#define FLOOR_BURSTS	0.01
#define NAME_BURSTS	5
#define NAME_LATE_SHARE 0.35

/* Without any tie. */
#define ALONE_LEFT  0.05
#define ALONE_SHARE 0.25
#define ALONE_HIGH  1.15

struct weigh {
	const struct nw_relay *r;
	const struct nw_state *st;
	struct nw_relay_group *g;
	struct nw_relay_verdict *v;
	uint64_t end; /* slot that is not whole yet */
	unsigned n;
	unsigned bursts;   /* in y */
	int first, second; /* candidates whose sum spoke; -1 = all */
	unsigned count;
	uint16_t stream[CANDIDATES];
	double left[CANDIDATES]; /* of the measure that spoke */
	double y[NW_MATCH_SLOTS_MAX];
	double x[NW_MATCH_SLOTS_MAX + NW_MATCH_LAGS_MAX];
};

static const struct nw_series *series_of(const struct weigh *w, unsigned candidate)
{
	return &w->r->stream[w->stream[candidate]].in;
}

/* Those with the closest tie, and only those. */
static void gather(struct weigh *w)
{
	const struct nw_flow *out = nw_relay_group_flow(w->g, w->st);
	const struct nw_proc *subject =
		out ? nw_relay_subject(out) : nw_proc_find(w->st, &w->g->proc);

	for (unsigned i = 0; i < w->r->streams && w->count < CANDIDATES; i++) {
		const struct nw_relay_stream *s = &w->r->stream[i];
		const struct nw_flow *in;
		enum nw_relay_tie tie;

		if (!s->is_used ||
		    nw_series_sum(&s->in, w->end, RECENT) < RECENT * NW_RELAY_MEDIA_RATE / 5) {
			continue;
		}
		in = nw_relay_stream_flow(w->r, w->st, i);
		tie = in ? nw_relay_group_tie(w->g, w->st, subject, out, in) : NW_RELAY_TIE_NONE;
		if (tie > w->v->tie &&
		    (tie == NW_RELAY_TIE_UNIT || w->v->tie <= NW_RELAY_TIE_UNIT)) {
			w->count = 0;
		} else if (tie < w->v->tie && tie <= NW_RELAY_TIE_UNIT) {
			continue;
		}
		w->v->tie = NW_MAX(w->v->tie, tie);
		w->stream[w->count++] = (uint16_t)i;
	}
	w->v->streams = w->count;
}

/* The first of member[], or nobody yet, and all others of the candidates behind it. */
static void suspect_all(struct weigh *w)
{
	unsigned n = w->v->members;

	for (unsigned i = 0; i < w->count && n < NW_RELAY_MEMBERS; i++) {
		if (!w->v->members || w->stream[i] != w->v->member[0]) {
			w->v->member[n++] = w->stream[i];
		}
	}
	w->v->rivals = w->count - 1;
}

static void take_out(struct weigh *w, unsigned n)
{
	w->n = n;
	memset(w->y, 0, n * sizeof(*w->y));
	nw_series_add_to(&w->g->out, w->end, n, w->y);
}

static void take_in(struct weigh *w, unsigned lags, int first, int second)
{
	memset(w->x, 0, (w->n + lags) * sizeof(*w->x));
	for (unsigned i = 0; i < w->count; i++) {
		if (first < 0 || (int)i == first || (int)i == second) {
			nw_series_add_to(series_of(w, i), w->end, w->n + lags, w->x);
		}
	}
}

static bool is_ratio(double ratio, double high)
{
	return ratio >= RATIO_LOW && ratio <= high;
}

static void say(struct weigh *w, enum nw_relay_how how, const struct nw_match *m)
{
	w->v->how = how;
	w->v->ratio = m->ratio;
	w->v->residual = m->residual;
	w->v->unexplained = m->unexplained;
	w->v->lag_ms = (uint32_t)(m->lag * (NW_SERIES_SLOT_NS / NW_NSEC_PER_MSEC));
	w->v->window_ms = (uint32_t)(w->n * (NW_SERIES_SLOT_NS / NW_NSEC_PER_MSEC));
}

/* One measure, said in the terms of a curve: what is left, and of what. */
static bool measure(struct weigh *w, enum nw_relay_how how, struct nw_match *m)
{
	struct nw_match_bursts b;

	switch (how) {
	case NW_RELAY_RATE:
		return nw_match_curve(w->x, w->y, w->n, LAGS, m) &&
		       is_ratio(m->ratio, RATIO_PADDED) && m->residual <= RATE_LEFT;
	case NW_RELAY_LATE:
		return nw_match_late(w->x, w->y, w->n, LAGS, m) && is_ratio(m->ratio, RATIO_HIGH) &&
		       m->residual <= LATE_LEFT && m->unexplained <= LATE_SHARE;
	default:
		if (!nw_match_bursts(w->x, w->y, w->n, LAGS_LONG, &b)) {
			return false;
		}
		w->bursts = b.bursts;
		*m = (struct nw_match){ .lag = b.lag,
					.ratio = b.ratio,
					.residual = b.residual,
					.unexplained = b.unexplained };
		return is_ratio(m->ratio, RATIO_HIGH) && m->residual <= BURST_LEFT;
	}
}

static bool is_same_camera(const struct weigh *w, unsigned a, unsigned b)
{
	const struct nw_flow *one = nw_relay_stream_flow(w->r, w->st, w->stream[a]);
	const struct nw_flow *two = nw_relay_stream_flow(w->r, w->st, w->stream[b]);

	return one && two && nw_camera_of(w->st, one) == nw_camera_of(w->st, two);
}

/* The best of the single streams, and who fits nearly as well. */
static bool find_one(struct weigh *w, enum nw_relay_how how)
{
	unsigned lags = how == NW_RELAY_BURSTS ? LAGS_LONG : LAGS;
	double margin = how == NW_RELAY_RATE ? MARGIN : MARGIN_FEW;
	double floor = how == NW_RELAY_BURSTS ? FLOOR_BURSTS
		       : how == NW_RELAY_LATE ? FLOOR_LATE
					      : 0;
	struct nw_match m, best = { .residual = HUGE_VAL };
	unsigned at = 0;

	for (unsigned i = 0; i < w->count; i++) {
		take_in(w, lags, (int)i, (int)i);
		w->left[i] = HUGE_VAL;
		if (measure(w, how, &m)) {
			w->left[i] = m.residual;
			at = m.residual < best.residual ? i : at;
			best = m.residual < best.residual ? m : best;
		}
	}
	if (best.residual == HUGE_VAL) {
		return false;
	}
	say(w, how, &best);
	w->v->member[0] = w->stream[at];
	w->v->members = 1;
	w->v->rivals = 0;
	w->first = w->second = (int)at;
	for (unsigned i = 0; i < w->count; i++) {
		if (i != at && w->left[i] < NW_MAX(margin * best.residual, floor) &&
		    !is_same_camera(w, i, at)) {
			w->v->rivals++;
			if (w->v->rivals < NW_RELAY_MEMBERS) {
				w->v->member[w->v->rivals] = w->stream[i];
			}
		}
	}
	return true;
}

/* Two in one flow, or all: by the sum of their curves. */
static bool find_sum(struct weigh *w, enum nw_relay_how how)
{
	unsigned lags = how == NW_RELAY_BURSTS ? LAGS_LONG : LAGS;
	struct nw_match m, best = { .residual = HUGE_VAL };
	double closest = HUGE_VAL;
	int first = 0, second = -1;

	take_in(w, lags, -1, -1);
	if (w->count > 1 && measure(w, how, &m)) {
		say(w, how, &m);
		w->first = w->second = -1;
		w->v->members = NW_MIN(w->count, NW_RELAY_MEMBERS);
		memcpy(w->v->member, w->stream, w->v->members * sizeof(w->stream[0]));
		return true;
	}
	for (unsigned i = 0; i < w->count; i++) { /* who explains most of it by itself */
		take_in(w, lags, (int)i, (int)i);
		if (nw_match_curve(w->x, w->y, w->n, LAGS, &m) && m.ratio > 1 &&
		    m.unexplained < closest) {
			closest = m.unexplained;
			first = (int)i;
		}
	}
	for (unsigned i = 0; i < w->count && w->count > 2; i++) {
		take_in(w, lags, first, (int)i);
		if ((int)i != first && measure(w, how, &m) && m.residual < best.residual) {
			best = m;
			second = (int)i;
		}
	}
	if (second < 0) {
		return false;
	}
	say(w, how, &best);
	w->first = first;
	w->second = second;
	w->v->members = 2;
	w->v->member[0] = w->stream[first];
	w->v->member[1] = w->stream[second];
	return true;
}

/* As much out as in, without a word about the shape: only where few can be meant. */
static bool find_conserved(struct weigh *w)
{
	struct nw_match_conserved c;
	bool is_found = false;

	if (w->count > CONSERVED_STREAMS) {
		return false;
	}
	for (int i = -1; i < (int)w->count && !is_found; i++) {
		if (i < 0 && w->count == 1) {
			continue;
		}
		take_in(w, LAGS_LONG, i, i);
		if (!nw_match_conserve(w->x, w->y, w->n, LAGS_LONG, &c) ||
		    !is_ratio(c.ratio, RATIO_HIGH) || c.swing > SWING) {
			continue;
		}
		say(w, NW_RELAY_CONSERVED,
		    &(struct nw_match){ .lag = c.lag, .ratio = c.ratio, .unexplained = 1 });
		w->v->members = i < 0 ? w->count : 1;
		for (unsigned k = 0; k < w->v->members; k++) {
			w->v->member[k] = w->stream[i < 0 ? k : (unsigned)i];
		}
		if (i >= 0) {
			suspect_all(w);
		}
		is_found = true;
	}
	return is_found;
}

static bool is_paced(const struct weigh *w)
{
	struct nw_match_pace p;

	return nw_match_pace(w->y, w->n, &p) && p.still <= PACE_STILL && p.uneven >= PACE_UNEVEN &&
	       p.turning <= PACE_TURNING && p.level <= PACE_LEVEL;
}

/* Closer than equal rhythms are. */
static bool is_beyond_chance(struct weigh *w, unsigned at, double correlation)
{
	take_in(w, 0, (int)at, (int)at);
	return correlation >= nw_match_chance(w->x, w->y, w->n) + TIMING_BEYOND;
}

/* Encoded anew: other bytes, but large and small when the camera's are; else at least paced as
 * pictures are. */
static bool find_timing(struct weigh *w, unsigned slots)
{
	struct nw_match_timing t, best = { .correlation = -1 };
	double least = slots >= LONG ? TIMING_LEAST_LONG : TIMING_LEAST;
	struct nw_match m = { .unexplained = 1 };
	unsigned at = 0;
	bool is_pace;

	if (slots < LONG_MIN) {
		return false;
	}
	take_out(w, NW_MIN(slots, LONG));
	is_pace = is_paced(w);
	for (unsigned i = 0; i < w->count; i++) {
		take_in(w, LAGS, (int)i, (int)i);
		if (nw_match_timing(w->x, w->y, w->n, LAGS, &t) && t.gain >= GAIN_LEAST &&
		    t.correlation > best.correlation) {
			best = t;
			at = i;
		}
	}
	if (w->count == 1 && nw_match_curve(w->x, w->y, w->n, LAGS, &m) &&
	    m.unexplained <= SCALED_SHARE) {
		say(w, NW_RELAY_TIMING, &m);
	} else if ((best.correlation >= (w->count > 1 ? TIMING_LEAST_MANY : least) &&
		    w->count <= TIMING_STREAMS) ||
		   (is_pace && is_beyond_chance(w, at, best.correlation))) {
		say(w, NW_RELAY_TIMING,
		    &(struct nw_match){ .lag = best.lag, .unexplained = 1 - best.correlation });
	} else if (is_pace) {
		say(w, NW_RELAY_PACE, &(struct nw_match){ .unexplained = 1 });
	} else {
		return false;
	}
	w->v->members = 1;
	w->v->member[0] = w->stream[at];
	suspect_all(w);
	return true;
}

/* At the lag that the curve has, or one beside it. */
static bool has_rhythm(struct weigh *w)
{
	unsigned lag = w->v->lag_ms / (NW_SERIES_SLOT_NS / NW_NSEC_PER_MSEC);
	struct nw_match_timing t;

	take_in(w, lag + 1, w->first, w->second);
	return nw_match_timing(w->x, w->y, w->n, NW_MIN(lag + 1, 2U), &t) &&
	       t.correlation >= RHYTHM_LEAST && t.gain >= GAIN_LEAST;
}

/* Where a constant rate would fit as well, the curve says no more than that bytes are conserved; among
 * many streams one of that rate is there by chance, unless the rhythm is its own. */
static void temper(struct weigh *w, unsigned window)
{
	bool is_curve = w->v->how == NW_RELAY_RATE || w->v->how == NW_RELAY_BURSTS;
	bool is_burst = w->v->how == NW_RELAY_BURSTS;
	bool is_shapeless = w->v->unexplained > SHAPE_SHARE ||
			    (is_burst && w->v->residual < BURST_SWING * w->v->unexplained);

	if (!is_curve || (!is_shapeless && window >= NAME_MIN)) {
		return;
	}
	w->v->how = NW_RELAY_CONSERVED;
	if (w->v->members == 1) {
		suspect_all(w);
	}
	if (is_shapeless && w->count > SHAPELESS_STREAMS) {
		w->v->is_weak = is_burst || w->v->unexplained > CONSTANT_SHARE || !has_rhythm(w);
	}
}

static void weigh_tied(struct weigh *w, unsigned slots)
{
	static const enum nw_relay_how by[] = { NW_RELAY_RATE, NW_RELAY_BURSTS, NW_RELAY_LATE };
	unsigned window = NW_MIN(slots, WINDOW);

	w->v->how = NW_RELAY_LINEAGE;
	if (slots < WINDOW_MIN) {
		return;
	}
	for (unsigned i = 0; i < NW_ARRAY_SIZE(by); i++) {
		take_out(w, window + (by[i] == NW_RELAY_BURSTS ? BEFORE : 0));
		if (find_one(w, by[i])) {
			break;
		}
	}
	if ((w->v->how == NW_RELAY_BURSTS && w->bursts < NAME_BURSTS) ||
	    (w->v->how == NW_RELAY_LATE &&
	     (window < WINDOW || w->v->unexplained > NAME_LATE_SHARE))) {
		suspect_all(w); /* few points fit many a line */
	}
	take_out(w, window);
	if (w->v->how == NW_RELAY_LINEAGE) {
		(void)(find_sum(w, NW_RELAY_RATE) || find_sum(w, NW_RELAY_BURSTS) ||
		       find_conserved(w) || find_timing(w, slots));
	}
	temper(w, window);
	w->v->is_refuted = w->v->how == NW_RELAY_LINEAGE && slots >= LONG;
}

/* Nobody saw how the bytes would have come from there: the curve must be all but the same. */
static void weigh_alone(struct weigh *w, unsigned slots)
{
	if (slots < WINDOW) {
		return;
	}
	take_out(w, WINDOW);
	if (!find_one(w, NW_RELAY_RATE) || w->v->residual > ALONE_LEFT ||
	    w->v->unexplained > ALONE_SHARE || w->v->rivals || w->v->ratio > ALONE_HIGH) {
		w->v->how = NW_RELAY_NONE;
	}
}

/* Slots since it began, or since it last was silent for longer than segments are. */
static unsigned whole_slots(const struct nw_series *s, uint64_t end)
{
	unsigned most, n = 0, silent = 0;

	if (!s->first || end <= s->first + SETTLE) {
		return 0;
	}
	most = (unsigned)NW_MIN(end - s->first - SETTLE,
				(uint64_t)(NW_SERIES_SLOTS - NW_MATCH_LAGS_MAX));
	while (n < most && silent < GAP) {
		silent = nw_series_sum(s, end - n, 1) ? 0 : silent + 1;
		n++;
	}
	return silent == GAP ? n - NW_MIN(n, GAP + SETTLE) : n;
}

void nw_relay_weigh(const struct nw_relay *r, const struct nw_state *st, struct nw_relay_group *g,
		    uint64_t now_ns, struct nw_relay_verdict *ret)
{
	struct weigh w = { .r = r, .st = st, .g = g, .v = ret };
	unsigned slots;

	*ret = (struct nw_relay_verdict){ .how = NW_RELAY_NONE };
	w.end = nw_series_slot_of(now_ns);
	slots = whole_slots(&g->out, w.end);
	gather(&w);
	if (w.count == 0 || slots == 0) {
		return;
	}
	if (ret->tie > NW_RELAY_TIE_UNIT) {
		weigh_tied(&w, slots);
		if (ret->how == NW_RELAY_LINEAGE) {
			suspect_all(&w);
		}
	} else if (ret->tie == NW_RELAY_TIE_UNIT) {
		weigh_tied(&w, slots);
		ret->how = ret->how < NW_RELAY_BURSTS ? NW_RELAY_NONE : ret->how;
	} else {
		weigh_alone(&w, slots);
	}
}
