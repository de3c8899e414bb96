/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live-relay: a program's egress carries a camera's ingest. It opens when who reads a camera sends
 * like media to outside, is confirmed when bytes say the same, and is withdrawn when they do not.
 * Pure: reads event and state, takes time from the event, emits findings. Source: docs/live-relay.md.
 */
#include <netinet/in.h>
#include <string.h>

#include "indicators/indicator.h"
#include "relay.h"
#include "relay_say.h"
#include "util/text.h"
#include "util/writer.h"

#define LOOKS_A_TICK 4
#define SOON_NS	     (2 * NW_NSEC_PER_SEC)
#define LATER_NS     (10 * NW_NSEC_PER_SEC)
#define A_STREAM_NS  (25 * NW_NSEC_PER_MSEC) /* more between two looks, for each stream */
#define GOOD_NS	     (150 * NW_NSEC_PER_SEC) /* so long a match is good */
#define QUIET_NS     (120 * NW_NSEC_PER_SEC)
#define ALONE_NS     (60 * NW_NSEC_PER_SEC) /* without a tie it must fit that long */
#define LATE_NS	     (6 * NW_NSEC_PER_SEC)  /* after the first match of any kind */
#define HOLD_NS	     (20 * NW_NSEC_PER_SEC) /* so long a name that came late must hold */
#define WINDOW_NS    (30 * NW_NSEC_PER_SEC)
#define FIRST_BYTES  500000U
#define VIEW_MAX     45
#define AGE_MIN	     20U /* slots: 4 s */
#define LATELY	     50U
#define SLOT_MS	     200.0
#define SETTLED	     100U /* slots: 20 s, before it nobody can tell how much the next piece has */
#define BUSY_PART    2	  /* pieces: not more than one of so many slots has something */
#define ALL_LOW	     75	  /* per cent of what is read: less or more is not the stream in pieces */
#define ALL_HIGH     160
#define CASES	     256U
#define LABELS	     256U

struct live_relay {
	struct nw_relay book;
	struct nw_cases cases;
	uint32_t next; /* group that is looked at next */
	char labels[LABELS];
};

static int live_relay_init(void *self, const struct nw_config *config)
{
	struct live_relay *me = self;
	int r = nw_relay_init(&me->book, config->limits.flows);

	return r < 0 ? r : nw_cases_init(&me->cases, CASES);
}

static void live_relay_fini(void *self)
{
	struct live_relay *me = self;

	nw_relay_free(&me->book);
	nw_cases_free(&me->cases);
}

/* ---- telling -------------------------------------------------------------------------------- */

static void add_text(struct nw_finding *f, const char *key, const char *text)
{
	if (text && text[0] && f->evidence_len < NW_EVIDENCE_MAX) {
		f->evidence[f->evidence_len++] = (struct nw_evidence){ .key = key, .text = text };
	}
}

static void add_number(struct nw_finding *f, const char *key, uint64_t number)
{
	if (f->evidence_len < NW_EVIDENCE_MAX) {
		f->evidence[f->evidence_len++] =
			(struct nw_evidence){ .key = key, .number = number };
	}
}

static void add_measures(struct nw_finding *f, const struct nw_relay_group *g,
			 const struct nw_relay_verdict *v)
{
	if (v->how > NW_RELAY_TIMING) {
		add_number(f, "ratio_percent", (uint64_t)(v->ratio * 100 + 0.5));
	}
	if (v->how > NW_RELAY_PACE) {
		add_number(f, "lag_ms", v->lag_ms);
	}
	if (v->how > NW_RELAY_LINEAGE) {
		add_number(f, "window_ms", v->window_ms);
	}
	if (v->how == NW_RELAY_RATE || v->how == NW_RELAY_LATE) {
		add_number(f, "residual_ms", (uint64_t)(v->residual * SLOT_MS + 0.5));
	}
	if (v->how > NW_RELAY_PACE && v->how != NW_RELAY_CONSERVED) {
		add_number(f, "unexplained_percent", (uint64_t)(v->unexplained * 100 + 0.5));
	}
	add_number(f, "windows", g->weighed);
	add_number(f, "bytes", g->out.bytes);
	add_number(f, "streams_read", v->streams);
	add_number(f, "connections", g->flows);
}

static void add_destination(struct nw_finding *f, const struct nw_state *st)
{
	const struct nw_place *p = f->flow ? nw_place_find(st, f->flow->raddr) : NULL;
	const struct nw_allowed *a = f->flow ? nw_policy_allowed(st, f->flow) : NULL;

	if (p) {
		add_text(f, "country", p->country);
		add_text(f, "operator", p->organisation);
	}
	add_text(f, "asked_of_a_proxy", f->flow ? nw_policy_proxied(st, f->flow) : NULL);
	if (a) {
		add_text(f, "allowed", a->why ? a->why : a->to);
	}
}

static void emit_case(const struct nw_state *st, const struct nw_emit *emit,
		      const struct nw_case *k, struct nw_finding *f)
{
	f->rule_id = "live-relay";
	f->rule_name = "A camera's picture is sent on to outside";
	f->question = "live";
	f->known_ways_to_be_wrong =
		"what a recorder sends at a constant rate that happens to be a camera's, while it reads "
		"that camera; a transcoded picture is known by its timing only; two cameras of equal "
		"rate and rhythm can't be told apart";
	nw_case_fill(k, st, f);
	f->severity = f->score >= 85 ? 5 : f->score >= 65 ? 4 : f->score >= NW_ALERT_SCORE ? 3 : 2;
	f->technique[0] = "T1125";
	f->technique[1] = f->score >= NW_ALERT_SCORE ? "T1041" : NULL;
	emit->finding(emit->ctx, f);
}

static void emit_closed(struct live_relay *me, const struct nw_state *st,
			const struct nw_emit *emit, uint32_t place, const char *reason)
{
	const struct nw_case *k = &me->cases.item[place];
	struct nw_finding f = { .action = NW_FINDING_CLOSED,
				.outcome = NW_OUTCOME_CANNOT_TELL,
				.reason = reason,
				.score = k->score };

	if (k->is_open) {
		emit_case(st, emit, k, &f);
	}
	nw_cases_remove(&me->cases, place);
}

/* The same camera to the same network by the same program is one thing, over whatever flows. Who
 * is at the end of a chain is not known for sure, and a key does not change its mind. */
static void key_of(const struct live_relay *me, const struct nw_state *st,
		   const struct nw_relay_group *g, const struct nw_relay_verdict *v,
		   struct nw_case_key *key)
{
	bool is_one = v->streams == 1 && v->tie != NW_RELAY_TIE_CHAIN;
	const struct nw_camera *c = is_one ? nw_relay_camera(&me->book, st, v->member[0]) : NULL;
	char label[NW_CAMERA_LABEL] = "cameras";

	key->len = 0;
	nw_case_key_program(key, nw_proc_find(st, &g->proc));
	if (c) {
		nw_camera_label(c, label);
	}
	nw_case_key_text(key, label);
	if (g->is_any) {
		nw_case_key_text(key, "anywhere");
	} else {
		nw_case_key_addr(key, g->net);
	}
}

/* Whose picture: the only camera that the program itself reads; over a chain, only when bytes say
 * so too; or who fitted alone, and not once only. */
static const struct nw_camera *name_of(const struct live_relay *me, const struct nw_state *st,
				       struct nw_relay_group *g, const struct nw_relay_verdict *v,
				       uint64_t now)
{
	bool is_shape = v->how >= NW_RELAY_BURSTS;
	bool is_one = v->members == 1 && v->rivals == 0;

	if (v->streams == 1 && (v->tie == NW_RELAY_TIE_SAME ||
				(v->tie == NW_RELAY_TIE_CHAIN && v->how > NW_RELAY_PACE))) {
		return nw_relay_camera(&me->book, st, v->member[0]);
	}
	if (!is_one || !is_shape || g->named != v->member[0] + 1) {
		g->named = is_one && is_shape ? (uint16_t)(v->member[0] + 1) : 0;
		g->named_times = g->named ? 1 : 0;
		g->named_ns = now;
		return NULL;
	}
	g->named_times++;
	if (g->named_ns > g->since_ns + LATE_NS && now < g->named_ns + HOLD_NS) {
		return NULL; /* a curve that fits only later on fits by chance more often */
	}
	return nw_relay_camera(&me->book, st, v->member[0]);
}

/* A datagram that came first to a port that the kernel gave is a hole being punched, not a session. */
static bool is_asked_for(const struct nw_state *st, const struct nw_flow *f)
{
	return !f->is_outbound && f->initiator != NW_INITIATOR_ASSUMED &&
	       (f->proto != IPPROTO_UDP || !nw_is_client_port(st, f->lport));
}

/* Somebody outside began the session, or one beside which these datagrams go: he watches, which is
 * what remote-viewer alerts to, and one thing is one alert. */
static bool is_pulled(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_flow *beside = NULL;

	if (is_asked_for(st, f) || f->proto != IPPROTO_UDP) {
		return is_asked_for(st, f);
	}
	while ((beside = nw_flow_next(st, beside))) {
		if (beside->owner == f->owner && beside->proto == IPPROTO_TCP &&
		    is_asked_for(st, beside) &&
		    memcmp(beside->raddr, f->raddr, sizeof(f->raddr)) == 0) {
			return true;
		}
	}
	return false;
}

/* Goes in pieces with silence between them, and not as much as comes in: single pictures, which are
 * snapshot-push's. A stream in segments is as much, once enough of it was seen. */
static bool is_pictures(const struct live_relay *me, const struct nw_state *st,
			const struct nw_relay_group *g, const struct nw_relay_verdict *v,
			uint64_t now)
{
	uint64_t end = nw_series_slot_of(now);
	unsigned life = (unsigned)NW_MIN(end - NW_MIN(end, g->out.first), NW_SERIES_SLOTS / 2);
	unsigned lately = NW_MIN(life, LATELY);
	uint64_t out = nw_series_sum(&g->out, end, life);
	uint64_t in = nw_relay_came_in(&me->book, st, g, v->tie, end, life);
	unsigned busy = 0;

	for (unsigned i = 0; i < lately; i++) {
		busy += nw_series_sum(&g->out, end - i, 1) > 0;
	}
	return busy * BUSY_PART <= lately &&
	       (life < SETTLED || out * 100 < in * ALL_LOW || out * 100 > in * ALL_HIGH);
}

static void tell(struct live_relay *me, const struct nw_state *st, const struct nw_emit *emit,
		 struct nw_relay_group *g, const struct nw_relay_verdict *v, uint64_t now)
{
	const struct nw_flow *flow = nw_relay_group_flow(g, st);
	bool is_allowed = flow ? nw_policy_allowed(st, flow) != NULL : g->was_allowed;
	bool is_view = flow ? is_pulled(st, flow) : g->far.cookie && !g->far.is_outbound;
	const struct nw_camera *camera = name_of(me, st, g, v, now);
	bool is_sure = v->how > NW_RELAY_PACE && v->tie > NW_RELAY_TIE_NONE && !v->is_weak;
	struct nw_finding f = { .outcome = is_sure ? NW_OUTCOME_MATCH : NW_OUTCOME_CANNOT_TELL };
	struct nw_case_key key;
	struct nw_case *k;
	uint32_t place;
	bool is_new;

	if (v->tie == NW_RELAY_TIE_NONE && (!camera || now < g->named_ns + ALONE_NS)) {
		return;
	}
	if (!camera && g->named && g->match_ns == now && g->named_ns == now) {
		return; /* the next look, in two seconds, may name it */
	}
	key_of(me, st, g, v, &key);
	place = nw_cases_get(&me->cases, key.text, &is_new);
	k = &me->cases.item[place];
	k->proc = g->proc;
	k->far = g->far;
	f.score = nw_relay_score(v, is_allowed);
	if (is_view || (v->how <= NW_RELAY_PACE && is_pictures(me, st, g, v, now))) {
		f.score = NW_MIN(f.score, VIEW_MAX);
	}
	if (!nw_cases_seen(&me->cases, place, now, f.score, &f.action)) {
		return;
	}
	f.camera = camera;
	f.reason = nw_relay_reason(v);
	f.confidence = nw_relay_confidence(v);
	nw_case_fill(k, st, &f);
	add_text(&f, "basis", nw_relay_basis(v));
	nw_relay_labels(&me->book, st, v, me->labels, sizeof(me->labels));
	add_text(&f, nw_relay_word(v, camera), me->labels);
	add_measures(&f, g, v);
	add_text(&f, "asked_for", is_view ? "from outside" : NULL);
	add_destination(&f, st);
	emit_case(st, emit, k, &f);
}

/* ---- looking -------------------------------------------------------------------------------- */

/* Goes on, and neither much faster than all that its program reads, now and since it began, nor
 * slower than a picture. */
static bool is_like_media(const struct live_relay *me, const struct nw_state *st,
			  const struct nw_relay_group *g, const struct nw_relay_verdict *v,
			  uint64_t now)
{
	uint64_t end = nw_series_slot_of(now);
	unsigned life = (unsigned)NW_MIN(end - NW_MIN(end, g->out.first), NW_SERIES_SLOTS / 2);
	unsigned lately = NW_MIN(life, LATELY);
	uint64_t out = nw_series_sum(&g->out, end, lately);
	const struct nw_flow *f = nw_relay_group_flow(g, st);

	return life >= AGE_MIN && g->out.bytes >= FIRST_BYTES &&
	       out >= lately * NW_RELAY_MEDIA_RATE / 5 && (!f || f->rx_rate < f->tx_rate) &&
	       out <= 2 * nw_relay_came_in(&me->book, st, g, v->tie, end, lately) &&
	       nw_series_sum(&g->out, end, life) <=
		       2 * nw_relay_came_in(&me->book, st, g, v->tie, end, life);
}

/* What a program sends to one network and what it sends anywhere are two views of the same. The
 * whole is told when no part is: none that matches, and without bytes none that is most of it. */
static bool is_told_closer(const struct live_relay *me, const struct nw_relay_group *any,
			   enum nw_relay_how how, uint64_t now)
{
	for (uint32_t i = me->book.group_lru.newest; i != NW_LRU_NONE;
	     i = me->book.group_lru.link[i].older) {
		const struct nw_relay_group *g = &me->book.group[i];
		bool is_match = g->match_ns && now < g->match_ns + GOOD_NS;
		bool is_all = g->out.bytes == any->out.bytes;
		bool is_most = how <= NW_RELAY_PACE && g->out.bytes * 2 >= any->out.bytes;

		if (!g->is_any && memcmp(&g->proc, &any->proc, sizeof(g->proc)) == 0 &&
		    (is_match || is_all || is_most)) {
			return true;
		}
	}
	return false;
}

static bool is_a_small_part(const struct live_relay *me, const struct nw_relay_group *g)
{
	for (uint32_t i = me->book.group_lru.newest; i != NW_LRU_NONE;
	     i = me->book.group_lru.link[i].older) {
		const struct nw_relay_group *any = &me->book.group[i];

		if (any->is_any && memcmp(&g->proc, &any->proc, sizeof(g->proc)) == 0) {
			return g->out.bytes * 2 < any->out.bytes;
		}
	}
	return false;
}

static void withdraw(struct live_relay *me, const struct nw_state *st, const struct nw_emit *emit,
		     struct nw_relay_group *g, const struct nw_relay_verdict *v)
{
	struct nw_case_key key;
	uint32_t place;

	key_of(me, st, g, v, &key);
	place = nw_cases_find(&me->cases, key.text);
	if (place != NW_CASE_NONE) {
		emit_closed(me, st, emit, place,
			    "Withdrawn: what leaves follows none of the cameras that are read");
	}
	g->is_withdrawn = true;
}

static bool was_lately(uint64_t then, uint64_t now)
{
	return then && now < then + GOOD_NS;
}

/* Tied, and not settled yet. */
static bool is_urgent(struct nw_relay_group *g, const struct nw_relay_verdict *v, uint64_t now)
{
	bool is_match = v->how > NW_RELAY_LINEAGE;

	if (is_match && !g->since_ns) {
		g->since_ns = now;
	}
	return v->tie > NW_RELAY_TIE_UNIT && !g->is_withdrawn &&
	       (!is_match || (now < g->since_ns + 2 * WINDOW_NS && g->named_times < 2));
}

static void look(struct live_relay *me, const struct nw_state *st, const struct nw_emit *emit,
		 struct nw_relay_group *g, uint64_t now)
{
	struct nw_relay_verdict v;
	bool is_match;

	if (g->is_any && is_told_closer(me, g, NW_RELAY_RATE, now)) {
		g->due_ns = now + LATER_NS;
		return;
	}
	nw_relay_weigh(&me->book, st, g, now, &v);
	is_match = v.how > NW_RELAY_PACE;
	g->weighed += v.window_ms > 0;
	g->due_ns = now + v.streams * A_STREAM_NS + (is_urgent(g, &v, now) ? SOON_NS : LATER_NS);
	if (g->is_any && is_told_closer(me, g, v.how, now)) {
		return;
	}
	if (is_match) {
		g->match_ns = v.tie > NW_RELAY_TIE_NONE ? now : 0;
		g->is_withdrawn = false;
		tell(me, st, emit, g, &v, now);
	} else if (v.how && was_lately(g->match_ns, now)) {
		return; /* one window that fits badly takes nothing back */
	} else if (v.how == NW_RELAY_PACE && is_like_media(me, st, g, &v, now)) {
		g->pace_ns = now;
		g->is_withdrawn = false;
		tell(me, st, emit, g, &v, now);
	} else if (v.is_refuted && !g->is_withdrawn && !was_lately(g->pace_ns, now)) {
		withdraw(me, st, emit, g, &v);
	} else if (v.how == NW_RELAY_LINEAGE && !g->is_withdrawn &&
		   (g->is_any || !is_a_small_part(me, g)) && is_like_media(me, st, g, &v, now)) {
		tell(me, st, emit, g, &v, now);
	}
}

static void on_tick(struct live_relay *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_emit *emit)
{
	uint32_t quiet = nw_cases_quiet(&me->cases, ev->ts_ns, QUIET_NS);
	unsigned looks = 0;

	nw_relay_on_tick(&me->book, nw_event_tick(ev));
	if (quiet != NW_CASE_NONE) {
		emit_closed(me, st, emit, quiet, "Nothing more of it for two minutes");
	}
	for (uint32_t i = 0; i < me->book.group_lru.fresh && looks < LOOKS_A_TICK; i++) {
		struct nw_relay_group *g = &me->book.group[me->next++ % me->book.group_lru.fresh];

		if (g->out.bytes && ev->ts_ns >= g->due_ns && ev->ts_ns < g->last_ns + LATER_NS) {
			look(me, st, emit, g, ev->ts_ns);
			looks++;
		}
	}
}

static void live_relay_on_event(void *self, const struct nw_state *state, const struct nw_event *ev,
				const struct nw_emit *emit)
{
	struct live_relay *me = self;

	if (ev->shape == NW_SHAPE_SOCK) {
		nw_relay_on_sock(&me->book, state, nw_event_sock(ev));
	} else if (ev->shape == NW_SHAPE_TICK) {
		on_tick(me, state, ev, emit);
	}
}

const struct nw_indicator nw_indicator_live_relay = {
	.id = "live-relay",
	.doc = "what a program sends to outside is what it reads from a camera",
	.self_size = sizeof(struct live_relay),
	.init = live_relay_init,
	.fini = live_relay_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = live_relay_on_event,
};
