/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beacon: a program contacts a destination outside at regular times. A contact is a connection that
 * begins, or payload after a silence, in one connection or in many. Two measures: over the last ten
 * contacts (fast), and RITA's score over the last 64 contacts and 24 hours.
 * When the table of pairs is full the one that was silent longest goes. Source: docs/indicators.md.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "beacon.h"
#include "dest.h"
#include "indicators/indicator.h"
#include "kept_case.h"

#define PAIRS	 4096
#define RING	 NW_BEACON_RING
#define FAST	 NW_BEACON_FAST
#define HOUR_NS	 (3600 * NW_NSEC_PER_SEC)
#define DAY_NS	 (24 * HOUR_NS)
#define QUIET_NS DAY_NS

/* A contact ends with a silence of GAP_NS, or of some periods of the ledger: what goes on without
 * one is seen in bins, and bins are regular by themselves. */
#define GAP_NS	   NW_NSEC_PER_SEC
#define GAP_TICKS  3
#define GAP_MAX_NS (15 * NW_NSEC_PER_SEC)

#define REGULAR_FAST 0.5  /* intervals spread less than this, to be counted regular */
#define RANGE_FAST   0.75 /* and but for the longest and the shortest they span so many medians */
#define REGULAR_LONG 0.25 /* the same of more of them, where chance is less likely */
#define TELL_SCORE   40
#define FAST_MAX     65 /* ten contacts are not a day */

/* An upload that is held to a rate, or put in pieces, is regular too, and so is who fetches one
 * file after the other. Orders are short, and who asks for them has little to say: so many bytes a
 * second, of most contacts, are a transfer, which other indicators look at. */
#define TRANSFER_RATE 4000
#define FETCH_RATE    20000 /* what comes back has a chain of certificates in it */
#define TRANSFER_MAX  45

/* What asks now here, now there, with one clock: of all that a program contacts, whatever the place. Who asks
 * several at a time, or several now and then, has a list to go through, and no orders to wait for. */
#define PLACE_SHARE 7 /* of the last ten contacts: with more of one place its own series says it */

#define PLACE_SEED 0x706c6163ULL /* the same in every session: places are kept */
#define PLACE_MASK 0x7fffffffU

struct beacon {
	struct nw_cases cases;
	struct nw_beacon_pair *pair;
	struct nw_kept_pace pace;
	struct nw_kept_gone gone;
	uint64_t from_ns; /* first event, with --state of the first session that is known of */
	uint64_t period_ns;
};

struct verdict {
	double fast;	/* 0-1 */
	double regular; /* of the last ten contacts' times */
	double alike;	/* of their sizes */
	double ts, ds, hist, dur, rita;
	uint8_t score;
	bool is_fast; /* it says more than RITA's */
	bool is_transfer;
	unsigned places; /* of the last ten contacts, when they are of whatever place */
};

static int beacon_init(void *self, const struct nw_config *config)
{
	struct beacon *b = self;

	(void)config;
	b->pair = calloc(PAIRS, sizeof(*b->pair));
	return b->pair ? nw_cases_init(&b->cases, PAIRS) : -ENOMEM;
}

static void beacon_fini(void *self)
{
	struct beacon *b = self;

	free(b->pair);
	nw_cases_free(&b->cases);
}

/* ---- what is regular by its nature ---------------------------------------------------------- */

/* Time; DHCP: its two ports. DNS has an indicator of its own. */
static bool is_clockwork(const struct nw_flow *f)
{
	if (f->proto != IPPROTO_UDP) {
		return f->rport == 53;
	}
	if (f->rport == 53 || (f->lport == 68 && f->rport == 67) ||
	    (f->lport == 546 && f->rport == 547)) {
		return true;
	}
	return nw_dest_is_time(f);
}

/* ---- measures ------------------------------------------------------------------------------- */

static uint8_t of_bucket(double x)
{
	static const double edge[] = { 0, 0.5, 0.7, 0.9, 1 }; /* RITA's threats: 0.2 apart */
	unsigned i = 0;

	while (i < 3 && x >= edge[i + 1]) {
		i++;
	}
	return (uint8_t)(20 * (i + (x - edge[i]) / (edge[i + 1] - edge[i])) + 0.5);
}

/* Nine intervals by chance are alike in their middle now and then, but not at both ends too. */
static bool is_narrow(const uint32_t sorted[FAST])
{
	return sorted[FAST - 2] - sorted[1] <= RANGE_FAST * nw_median(sorted, FAST, 1);
}

static void weigh_fast(const struct nw_beacon_pair *p, struct verdict *v)
{
	uint32_t interval[FAST];
	uint32_t size[FAST];

	if (p->len < FAST) {
		return;
	}
	for (unsigned i = 0; i < FAST; i++) {
		unsigned at = (p->at + RING - 1 - i) % RING;

		nw_sorted_add(interval, i, p->interval[at]);
		nw_sorted_add(size, i, p->size[at]);
	}
	v->regular = nw_regular(interval, FAST);
	v->alike = nw_regular(size, FAST);
	if (p->len > 2 * FAST && nw_regular(p->intervals, p->len) < REGULAR_FAST) {
		return; /* who looks at each contact sees chance's best ten in the end */
	}
	if (v->regular >= REGULAR_FAST && is_narrow(interval)) {
		v->fast = (2 * v->regular + v->alike) / 3;
	}
}

static void weigh_day(const struct beacon *b, const struct nw_beacon_pair *p, uint64_t now,
		      struct verdict *v)
{
	uint64_t window = NW_MIN(now - b->from_ns, DAY_NS);
	uint64_t covered = NW_MIN(p->start_ns - p->first_ns, DAY_NS);
	unsigned bars;
	unsigned run;

	if (p->len < 3 || nw_regular(p->intervals, p->len) < REGULAR_LONG) {
		return;
	}
	v->ts = nw_rita_spread(p->intervals, p->len, 1000, 1);
	v->ds = nw_rita_spread(p->sizes, p->len, 1, 0);
	v->hist = nw_rita_histogram(p->bar, &bars, &run);
	v->dur = nw_rita_duration(window ? (double)covered / (double)window : 0, bars, run);
	v->rita = nw_rita_score(v->ts, v->ds, v->hist, v->dur);
}

static bool is_transfer(const struct nw_beacon_pair *p)
{
	uint64_t fetches = p->fetches & (p->len < 64 ? (1ULL << p->len) - 1 : UINT64_MAX);

	return p->len && (nw_median(p->sizes, p->len, 1) * 1000 >=
				  nw_median(p->intervals, p->len, 1) * TRANSFER_RATE ||
			  2 * __builtin_popcountll(fetches) > p->len);
}

/* The last contact, which begins now, may become one of several yet: it does not count. 0: it is a
 * list that is gone through, or one place has its own series. */
static unsigned places(const struct nw_beacon_pair *p)
{
	unsigned ret = 0;

	if (p->contacts < FAST + 1) {
		return 0;
	}
	for (unsigned i = 0; i < FAST + 1; i++) {
		unsigned same = 0;
		bool is_first = true;

		for (unsigned j = 0; j < FAST + 1; j++) {
			same += p->place[j] == p->place[i];
			is_first = is_first && (j >= i || p->place[j] != p->place[i]);
		}
		if (p->place[i] == NW_BEACON_MIXED || same > PLACE_SHARE) {
			return 0;
		}
		ret += is_first;
	}
	return ret;
}

static struct verdict weigh(const struct beacon *b, const struct nw_beacon_pair *p, uint64_t now)
{
	struct verdict v = { 0 };
	uint8_t fast;
	uint8_t day;

	weigh_fast(p, &v);
	weigh_day(b, p, now, &v);
	fast = NW_MIN(of_bucket(v.fast), FAST_MAX);
	day = of_bucket(v.rita);
	v.is_fast = fast >= day;
	v.is_transfer = is_transfer(p);
	v.score = v.is_fast ? fast : day;
	v.score = v.is_transfer ? NW_MIN(v.score, TRANSFER_MAX) : v.score;
	if (p->is_any) {
		v.places = places(p);
		v.score = v.is_fast && v.places && !v.is_transfer ? v.score : 0;
	}
	return v;
}

/* ---- telling -------------------------------------------------------------------------------- */

static uint64_t permille(double x)
{
	return (uint64_t)(x * 1000 + 0.5);
}

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct nw_beacon_pair *p, const struct verdict *v,
		 enum nw_finding_action action)
{
	double median = nw_median(p->intervals, p->len, 1);
	struct nw_finding f = {
		.rule_id = "beacon",
		.rule_name = "Regular contact with a destination outside",
		.question = "back door",
		.reason =
			action == NW_FINDING_CLOSED ? "No contact for a day"
			: v->is_transfer
				? "A program exchanges much with a destination in regular pieces"
			: p->is_any
				? "A program contacts one place after the other outside, as regularly "
				  "as a clock"
			: v->is_fast ? "A program's last ten contacts are as regular as a clock's"
				     : "A program's contacts are regular over hours",
		.known_ways_to_be_wrong =
			"monitoring, licence and update checks, push services and VPN keep-alives are "
			"regular too: declare them in `allowed`",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = nw_severity_of(v->score),
		.score = v->score,
		.confidence = (uint8_t)NW_MIN(90, 40 + p->len),
		.technique = { "T1071", "T1029" },
		.evidence = { { .key = "contacts", .number = p->contacts },
			      { .key = "contacts_weighed", .number = p->len + 1U },
			      { .key = "interval_median_ms", .number = (uint64_t)median },
			      { .key = "interval_mad_ms",
				.number = (uint64_t)nw_mad(p->intervals, p->len, 1) },
			      { .key = "sent_median_bytes",
				.number = (uint64_t)nw_median(p->sizes, p->len, 1) },
			      { .key = "fast_permille", .number = permille(v->fast) },
			      { .key = "fast_regular_permille", .number = permille(v->regular) },
			      { .key = "fast_alike_permille", .number = permille(v->alike) },
			      { .key = "rita_permille", .number = permille(v->rita) },
			      { .key = "rita_ts_permille", .number = permille(v->ts) },
			      { .key = "rita_ds_permille", .number = permille(v->ds) },
			      { .key = "rita_hist_permille", .number = permille(v->hist) },
			      { .key = "rita_dur_permille", .number = permille(v->dur) },
			      { .key = "places", .number = v->places } },
		.evidence_len = p->is_any ? 14 : 13,
	};

	nw_dest_fill(k, st, &f);
	f.first_ns = p->first_ns;
	emit->finding(emit->ctx, &f);
}

/* ---- contacts ------------------------------------------------------------------------------- */

static uint32_t to_u32(uint64_t x)
{
	return (uint32_t)NW_MIN(x, (uint64_t)UINT32_MAX);
}

static void push(struct nw_beacon_pair *p, uint64_t start_ns)
{
	uint32_t ms = to_u32((start_ns - p->start_ns) / NW_NSEC_PER_MSEC);

	nw_beacon_add(p, ms, p->sent, p->got * 1000ULL >= (uint64_t)ms * FETCH_RATE);
}

/* The first contact after a restart: nobody looked for longer than usually lies between two, so some
 * were missed, and how long it took is no measure. */
static bool is_missed(const struct nw_state *st, const struct nw_beacon_pair *p, uint64_t start_ns)
{
	return p->is_read &&
	       (p->is_unsure || nw_kept_unseen(st, p->last_ns, start_ns) / NW_NSEC_PER_MSEC >
					(uint64_t)nw_median(p->intervals, p->len, 1));
}

/* True when a contact began: what was before it is now whole. */
static bool on_payload(const struct beacon *b, const struct nw_state *st, struct nw_beacon_pair *p,
		       uint64_t start_ns, const struct nw_moved *m, uint32_t place)
{
	uint64_t now = nw_state_now_ns(st);
	uint64_t gap = NW_MIN(NW_MAX(GAP_TICKS * b->period_ns, GAP_NS), GAP_MAX_NS);
	bool begins = !p->start_ns || (int64_t)(start_ns - p->last_ns) >= (int64_t)gap;

	if (begins && p->start_ns && !is_missed(st, p, start_ns)) {
		push(p, start_ns);
	}
	if (begins) {
		p->first_ns = p->start_ns ? p->first_ns : start_ns;
		p->start_ns = start_ns;
		p->sent = p->got = 0;
		p->contacts++;
		p->is_read = false;
		nw_beacon_count_hour(p, start_ns);
		p->place[p->contacts % (FAST + 1)] = place;
	} else if (p->place[p->contacts % (FAST + 1)] != place) {
		p->place[p->contacts % (FAST + 1)] = NW_BEACON_MIXED;
	}
	p->sent = to_u32(p->sent + m->tx_bytes);
	p->got = to_u32(p->got + m->rx_bytes);
	p->last_ns = (int64_t)(now - p->last_ns) > 0 ? now : p->last_ns;
	p->is_changed = true;
	return begins;
}

static void forget_row(struct beacon *b, uint32_t i)
{
	if (b->pair[i].kept_ns) {
		nw_kept_gone_add(&b->gone, b->cases.item[i].key);
	}
}

/* A case, made when there is none; the row of one that it pushes out goes with it. */
static uint32_t pair_of(struct beacon *b, const char *key, bool *ret_new)
{
	uint32_t out = nw_cases_pushed_out(&b->cases, key);

	if (out != NW_CASE_NONE) {
		forget_row(b, out);
	}
	return nw_cases_get(&b->cases, key, ret_new);
}

static void on_moved(struct beacon *b, const struct nw_state *st, const struct nw_moved *m,
		     uint64_t now, const struct nw_emit *emit, const char *dest, bool is_any)
{
	const struct nw_flow *f = m->flow;
	bool is_birth = !m->since_ns && !m->is_resumed && f->birth_ns && f->birth_ns <= now;
	uint64_t start = is_birth ? f->birth_ns : now;
	uint32_t place = ((uint32_t)nw_hash_name(PLACE_SEED, dest) & PLACE_MASK) | 1U;
	struct nw_case_key key = { .len = 0 };
	enum nw_finding_action action;
	struct verdict v;
	struct nw_case *k;
	bool is_new;
	uint32_t i;

	nw_case_key_text(&key, is_any ? "" : dest);
	nw_case_key_program(&key, nw_dest_proc(f));
	i = pair_of(b, key.text, &is_new);
	k = &b->cases.item[i];
	if (is_new) {
		b->pair[i] = nw_beacon_begin(start, is_any);
	}
	nw_lru_touch(&b->cases.lru, i);
	k->last_ns = now;
	if (!on_payload(b, st, &b->pair[i], start, m, place)) {
		return;
	}
	v = weigh(b, &b->pair[i], now);
	if (v.score < TELL_SCORE) {
		return;
	}
	nw_dest_subject(k, f);
	if (nw_cases_seen(&b->cases, i, now, v.score, &action)) {
		tell(st, emit, k, &b->pair[i], &v, action);
	}
}

static void on_tick(struct beacon *b, const struct nw_state *st, const struct nw_ev_tick *e,
		    const struct nw_emit *emit)
{
	uint32_t i = nw_cases_quiet(&b->cases, e->ev.ts_ns, QUIET_NS);

	b->period_ns = e->period_ns;
	if (i == NW_CASE_NONE) {
		return;
	}
	if (b->cases.item[i].is_open) {
		const struct verdict v = { .score = b->cases.item[i].score };

		tell(st, emit, &b->cases.item[i], &b->pair[i], &v, NW_FINDING_CLOSED);
	}
	forget_row(b, i);
	nw_cases_remove(&b->cases, i);
}

/* ---- over restarts -------------------------------------------------------------------------- */

/* Who was there once is no evidence yet, and there are many of those. */
static bool is_due(const struct beacon *b, const struct nw_beacon_pair *p, uint64_t now)
{
	return p->is_changed && p->contacts > 1 && nw_kept_is_again(&b->pace, p->kept_ns, now);
}

static void keep(struct beacon *b, const struct nw_state *st, const struct nw_emit *emit)
{
	uint64_t now = nw_state_now_ns(st);

	if (!nw_kept_gone_tell(&b->gone, NW_BEACON_KIND, &b->cases, &b->pace, &emit->keeper, now)) {
		return;
	}
	for (uint32_t i = b->cases.lru.newest; i != NW_LRU_NONE; i = b->cases.lru.link[i].older) {
		struct nw_beacon_pair *p = &b->pair[i];
		struct nw_kept row;

		if (!is_due(b, p, now)) {
			continue;
		}
		row = nw_beacon_row(st, b->cases.item[i].key, p, b->from_ns);
		if (!nw_kept_tell(&b->pace, &emit->keeper, &row, now)) {
			return;
		}
		p->kept_ns = now;
		p->is_changed = false;
	}
}

static void on_kept(struct beacon *b, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_emit *emit)
{
	struct nw_beacon_pair p;
	struct nw_kept row;
	const char *why;
	uint64_t from;
	bool is_new;
	uint32_t i;

	if (!nw_kept_of(ev, NW_BEACON_KIND, 1, &row)) {
		return;
	}
	why = nw_beacon_of_row(st, &row, &p, &from);
	if (why) {
		emit->refuse(emit->ctx, NW_BEACON_KIND, why);
		return;
	}
	if (ev->ts_ns - p.last_ns >= QUIET_NS) {
		nw_kept_gone_add(&b->gone, row.key);
		return;
	}
	i = nw_cases_get(&b->cases, row.key, &is_new);
	if (is_new) { /* else it is told twice, or there was a contact already */
		b->pair[i] = p;
		b->cases.item[i].last_ns = p.last_ns;
		b->from_ns = (int64_t)(from - b->from_ns) < 0 ? from : b->from_ns;
	}
}

static void beacon_on_event(void *self, const struct nw_state *state, const struct nw_event *ev,
			    const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);
	struct beacon *b = self;
	char dest[NW_DEST_MAX];

	b->from_ns = b->from_ns ? b->from_ns : ev->ts_ns;
	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(b, state, nw_event_tick(ev), emit);
	} else if (ev->shape == NW_SHAPE_FACT) {
		on_kept(b, state, ev, emit);
	}
	if (nw_kept_is_due(&b->pace, &emit->keeper, ev)) {
		keep(b, state, emit);
	}
	if (!m->flow || !nw_dest_is_undeclared(state, m->flow) || is_clockwork(m->flow) ||
	    nw_dest_is_passed_on(state, m->flow)) {
		return;
	}
	/* keep-alives of TCP itself carry nothing; an attempt that nobody answers is a contact */
	if (m->tx_bytes || m->rx_bytes || (!m->since_ns && !m->is_resumed)) {
		nw_dest_exact(m->flow, dest);
		on_moved(b, state, m, ev->ts_ns, emit, dest, false);
		on_moved(b, state, m, ev->ts_ns, emit, dest, true);
	}
}

const struct nw_indicator nw_indicator_beacon = {
	.id = "beacon",
	.doc = "a program contacts a destination outside at regular times",
	.self_size = sizeof(struct beacon),
	.init = beacon_init,
	.fini = beacon_fini,
	.on_event = beacon_on_event,
};
