/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns state, the indicators' private bytes and the sinks. What a stage cannot do is counted and
 * the next event goes on; only a sink that says its end is broken (EPIPE) ends the program.
 */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoders/decoder.h"
#include "heads.h"
#include "indicators/indicator.h"
#include "log.h"
#include "ongoing.h"
#include "rests.h"
#include "scrub.h"
#include "state/internal.h"

#define STATUS_EVERY_NS (60 * NW_NSEC_PER_SEC)
#define REFUSED_SAID	8

struct attached_sink {
	const struct nw_sink *sink;
	void *self;
	uint32_t only;
};

struct nw_pipeline {
	struct nw_state *state;
	struct nw_heads *heads;
	struct nw_ongoing *ongoing;
	struct nw_rests *rests;
	void **indicator_self;
	uint64_t indicators[_NW_SHAPE_MAX]; /* those that work and want to see such an event */
	struct attached_sink sink[NW_PIPELINE_SINKS_MAX];
	unsigned sinks;
	void (*tap)(void *ctx, const struct nw_event *ev);
	void *tap_ctx;
	nw_ask_fn ask;
	void *ask_ctx;
	nw_identify_fn identify;
	void *identify_ctx;
	nw_block_fn block;
	const void *block_ctx;
	struct nw_facts facts;
	uint64_t events;
	uint64_t records;
	uint64_t findings;
	uint64_t rejected;
	uint64_t refused; /* rows of earlier sessions */
	uint64_t sink_lost;
	uint64_t start_ns;
	uint64_t status_ns; /* of the last status record; 0 = the session has not started */
	int sink_error;
	union {
		struct nw_event ev;
		uint8_t bytes[NW_EVENT_MAX];
	} copy; /* of an event that is scrubbed */
};

/* ---- out ------------------------------------------------------------------------------------ */

static void tell(void *ctx, const struct nw_output *out)
{
	struct nw_pipeline *p = ctx;
	struct nw_output o = *out;

	o.sequence = ++p->records;
	nw_rests_told(p->rests, &o);
	for (unsigned i = 0; i < p->sinks; i++) {
		struct attached_sink *s = &p->sink[i];
		int r;

		if (!(s->only & (1U << o.dataset))) {
			continue;
		}
		r = s->sink->write(s->self, &o);
		if (r < 0) {
			p->sink_lost++; /* one record was refused; only a broken end matters more */
			p->sink_error = r == -EPIPE ? r : p->sink_error;
		}
	}
}

static void tell_as_it_is(struct nw_pipeline *p, const struct nw_finding *finding)
{
	uint64_t rests_on[NW_RESTS_MAX];
	unsigned n = nw_rests_of(p->rests, p->state, finding, rests_on);

	tell(p, &(struct nw_output){ .dataset = NW_DATASET_FINDING,
				     .ts_ns = nw_state_now_ns(p->state),
				     .state = p->state,
				     .finding = finding,
				     .rests_on = rests_on,
				     .rests_on_len = n,
				     .block = p->block ? p->block(p->block_ctx) : 0,
				     .finding_sequence = ++p->findings });
}

static void tell_finding(void *ctx, const struct nw_finding *finding)
{
	struct nw_pipeline *p = ctx;
	struct nw_finding f = *finding;

	nw_ongoing_finding(p->ongoing, &f);
	tell_as_it_is(p, &f);
	if (p->identify && f.proc && f.proc->exe_ino && !nw_exe_file_of(p->state, f.proc)) {
		p->identify(p->identify_ctx, f.proc);
	}
}

/* Each is counted; the first of them are said, the log is no place for a whole file. */
static void refuse(void *ctx, const char *kind, const char *why)
{
	struct nw_pipeline *p = ctx;

	nw_state_lose(p->state, NW_LOSS_STATE);
	if (p->refused++ < REFUSED_SAID) {
		nw_warn("a kept row of %s is refused: %s%s", kind, why,
			p->refused == REFUSED_SAID ? "; more of them are only counted" : "");
	}
}

/* Findings over restarts. */
static void on_ongoing(struct nw_pipeline *p, const struct nw_event *ev)
{
	struct nw_finding f;

	if (ev->shape == NW_SHAPE_FACT) {
		const struct nw_ev_fact *e = nw_event_fact(ev);

		if (nw_kept_is(e) && !nw_kept_is_whole(e)) {
			char kind[NW_KEPT_KIND];
			size_t front = sizeof(NW_KEPT_FRONT) - 1;

			(void)snprintf(kind, sizeof(kind), "%.*s", (int)(e->key_len - front),
				       e->tail + front);
			refuse(p, kind, "it is not numbers, a text and a key");
		}
		(void)nw_ongoing_on_kept(p->ongoing, p->state, ev, &p->findings);
		return;
	}
	if (ev->shape == NW_SHAPE_TICK) {
		while (nw_ongoing_over(p->ongoing, ev->ts_ns, &f)) {
			tell_as_it_is(p, &f);
		}
		nw_ongoing_keep(p->ongoing, p->state, &p->state->keeper, p->findings, false);
	}
}

static void tell_status(struct nw_pipeline *p, enum nw_action action)
{
	const struct nw_state *st = p->state;
	struct nw_status_record r = {
		.covered_ns = st->now_ns - p->start_ns,
		.events = p->events,
		.records = p->records,
		.flows = st->flow_lru.used,
		.processes = st->proc_lru.used,
		.listeners = st->listener_lru.used,
		.names = nw_names_used(st->names),
	};

	p->status_ns = st->now_ns;
	tell(p, &(struct nw_output){ .dataset = NW_DATASET_STATUS,
				     .action = action,
				     .ts_ns = st->now_ns,
				     .state = st,
				     .status = &r });
}

/* The session's own records hang on events too, so that a replay has them at the same place. */
static void on_session(struct nw_pipeline *p, const struct nw_event *ev)
{
	const struct nw_ev_fact *f = nw_event_fact(ev);
	const char *value = f->tail + f->key_len;

	if (ev->shape == NW_SHAPE_TICK) {
		if (p->status_ns && ev->ts_ns >= p->status_ns + STATUS_EVERY_NS) {
			tell_status(p, NW_ACTION_UPDATE);
		}
		return;
	}
	if (ev->shape != NW_SHAPE_FACT || f->key_len != 7 || memcmp(f->tail, "session", 7) != 0) {
		return;
	}
	if (f->value_len == 5 && memcmp(value, "start", 5) == 0) {
		p->start_ns = ev->ts_ns;
		tell_status(p, NW_ACTION_START);
	} else if (f->value_len == 3 && memcmp(value, "end", 3) == 0) {
		tell_status(p, NW_ACTION_END);
		nw_ongoing_keep(p->ongoing, p->state, &p->state->keeper, p->findings, true);
	}
}

/* ---- through -------------------------------------------------------------------------------- */

static const struct nw_facts *decode(struct nw_pipeline *p, const struct nw_event *ev)
{
	int r = nw_decode(nw_event_head(ev), &p->facts);

	if (r < 0) {
		p->state->loss[NW_LOSS_DECODE]++;
	}
	return r > 0 ? &p->facts : NULL;
}

void nw_pipeline_event(struct nw_pipeline *p, const struct nw_event *ev)
{
	const struct nw_emit emit = {
		.finding = tell_finding, .refuse = refuse, .ctx = p, .keeper = p->state->keeper
	};
	const struct nw_facts *facts = NULL;

	p->events++;
	if (p->tap) {
		p->tap(p->tap_ctx, ev);
	}
	if (ev->shape == NW_SHAPE_HEAD) {
		facts = decode(p, ev);
	}
	nw_state_event(p->state, ev, facts);
	for (uint64_t left = p->indicators[ev->shape]; left; left &= left - 1) {
		int i = __builtin_ctzll(left);

		nw_indicators[i]->on_event(p->indicator_self[i], p->state, ev, &emit);
	}
	nw_state_settle(p->state);
	on_ongoing(p, ev);
	on_session(p, ev);
}

/* ---- in ------------------------------------------------------------------------------------- */

static void on_whole_head(void *ctx, const struct nw_ev_head *head)
{
	nw_pipeline_event(ctx, &head->ev);
}

static void raw_proc(struct nw_pipeline *p, const struct nw_event *ev)
{
	const struct nw_ev_proc *e = nw_event_proc(ev);

	if (e->args_len) {
		memcpy(p->copy.bytes, ev, ev->size);
		nw_scrub_args((char *)p->copy.bytes + sizeof(*e) + e->exe_len, e->args_len);
		ev = &p->copy.ev;
	}
	nw_pipeline_event(p, ev);
}

static void ask_for(struct nw_pipeline *p, const uint8_t addr[16], uint64_t ts_ns)
{
	static const uint8_t none[16];

	if (!nw_place_find(p->state, addr) && memcmp(addr, none, sizeof(none)) != 0 &&
	    !nw_config_is_inside(p->state->config, addr)) {
		p->ask(p->ask_ctx, addr, ts_ns);
	}
}

static void ask(struct nw_pipeline *p, const struct nw_ev_sock *e)
{
	if (!p->ask || (e->ev.what != NW_SOCK_BIN && e->ev.what != NW_SOCK_CLOSE)) {
		return;
	}
	ask_for(p, e->raddr, e->ev.ts_ns);
	if (e->flags & NW_SOCK_FORWARDED) { /* both ends are somebody else's */
		ask_for(p, e->laddr, e->ev.ts_ns);
	}
}

void nw_pipeline_raw(struct nw_pipeline *p, const void *data, size_t len)
{
	const struct nw_event *ev;

	if (nw_event_check(data, len, &ev) < 0) {
		p->rejected++;
		return;
	}
	switch (ev->shape) {
	case NW_SHAPE_HEAD:
		nw_heads_piece(p->heads, nw_event_head(ev), on_whole_head, p);
		return;
	case NW_SHAPE_PROC:
		raw_proc(p, ev);
		return;
	case NW_SHAPE_TICK:
		nw_heads_tick(p->heads, ev->ts_ns, on_whole_head, p);
		break;
	case NW_SHAPE_SOCK:
		ask(p, nw_event_sock(ev));
		if (ev->what == NW_SOCK_CLOSE) {
			nw_heads_close(p->heads, nw_event_sock(ev)->cookie, on_whole_head, p);
		}
		break;
	default:
		break;
	}
	nw_pipeline_event(p, ev);
}

int nw_pipeline_flush(struct nw_pipeline *p)
{
	int r = 0;

	for (unsigned i = 0; i < p->sinks; i++) {
		const struct nw_sink *sink = p->sink[i].sink;
		int e = sink->flush ? sink->flush(p->sink[i].self) : 0;

		r = r ? r : e;
	}
	r = r ? r : p->sink_error;
	p->sink_error = 0;
	return r;
}

/* ---- life ----------------------------------------------------------------------------------- */

void nw_pipeline_set_indicators(struct nw_pipeline *p, uint64_t mask)
{
	memset(p->indicators, 0, sizeof(p->indicators));
	for (unsigned i = 0; nw_indicators[i]; i++) {
		uint32_t sees = nw_indicators[i]->sees ? nw_indicators[i]->sees : UINT32_MAX;

		for (unsigned shape = 0; shape < _NW_SHAPE_MAX && (!mask || mask & 1ULL << i);
		     shape++) {
			p->indicators[shape] |= sees & 1U << shape ? 1ULL << i : 0;
		}
	}
}

static int new_indicators(struct nw_pipeline *p)
{
	unsigned n = 0;

	nw_pipeline_set_indicators(p, 0);
	while (nw_indicators[n]) {
		n++;
	}
	p->indicator_self = calloc(n + 1, sizeof(void *));
	if (!p->indicator_self) {
		return -ENOMEM;
	}
	for (unsigned i = 0; i < n; i++) {
		p->indicator_self[i] = calloc(1, nw_indicators[i]->self_size + 1);
		if (!p->indicator_self[i] ||
		    (nw_indicators[i]->init &&
		     nw_indicators[i]->init(p->indicator_self[i], p->state->config) < 0)) {
			return -ENOMEM;
		}
	}
	return 0;
}

int nw_pipeline_new(const struct nw_config *config, uint64_t flow_interval_ns,
		    struct nw_pipeline **ret)
{
	struct nw_pipeline *p = calloc(1, sizeof(*p));
	const struct nw_teller teller = { .tell = tell, .ctx = p };

	if (!p) {
		return -ENOMEM;
	}
	if (nw_state_new(config, flow_interval_ns, teller, &p->state) < 0 ||
	    nw_heads_new(config->limits.heads, &p->heads) < 0 || nw_ongoing_new(&p->ongoing) < 0 ||
	    nw_rests_new(config->limits.flows, config->limits.processes, &p->rests) < 0 ||
	    new_indicators(p) < 0) {
		nw_pipeline_free(p);
		return -ENOMEM;
	}
	*ret = p;
	return 0;
}

void nw_pipeline_free(struct nw_pipeline *p)
{
	if (!p) {
		return;
	}
	for (unsigned i = 0; i < p->sinks; i++) {
		const struct nw_sink *sink = p->sink[i].sink;

		if (sink->close) {
			sink->close(p->sink[i].self);
		}
	}
	for (unsigned i = 0; p->indicator_self && nw_indicators[i]; i++) {
		if (p->indicator_self[i] && nw_indicators[i]->fini) {
			nw_indicators[i]->fini(p->indicator_self[i]);
		}
		free(p->indicator_self[i]);
	}
	free(p->indicator_self);
	nw_heads_free(p->heads);
	nw_ongoing_free(p->ongoing);
	nw_rests_free(p->rests);
	nw_state_free(p->state);
	free(p);
}

int nw_pipeline_add_sink(struct nw_pipeline *p, const struct nw_sink *sink, void *self,
			 uint32_t only)
{
	if (p->sinks == NW_PIPELINE_SINKS_MAX) {
		return -ENOSPC;
	}
	p->sink[p->sinks++] = (struct attached_sink){ .sink = sink, .self = self, .only = only };
	return 0;
}

void nw_pipeline_set_tap(struct nw_pipeline *p, void (*tap)(void *ctx, const struct nw_event *ev),
			 void *ctx)
{
	p->tap = tap;
	p->tap_ctx = ctx;
}

void nw_pipeline_set_ask(struct nw_pipeline *p, nw_ask_fn ask_fn, void *ctx)
{
	p->ask = ask_fn;
	p->ask_ctx = ctx;
}

void nw_pipeline_set_identify(struct nw_pipeline *p, nw_identify_fn identify, void *ctx)
{
	p->identify = identify;
	p->identify_ctx = ctx;
}

void nw_pipeline_set_block(struct nw_pipeline *p, nw_block_fn block, const void *ctx)
{
	p->block = block;
	p->block_ctx = ctx;
}

void nw_pipeline_set_keeper(struct nw_pipeline *p, struct nw_keeper keeper)
{
	p->state->keeper = keeper;
}

const struct nw_config *nw_pipeline_config(const struct nw_pipeline *p)
{
	return p->state->config;
}

const struct nw_state *nw_pipeline_state(const struct nw_pipeline *p)
{
	return p->state;
}

bool nw_pipeline_wants_scan(struct nw_pipeline *p)
{
	bool wants = p->state->wants_scan;

	p->state->wants_scan = false;
	return wants;
}

uint64_t nw_pipeline_births(const struct nw_pipeline *p)
{
	return p->state->births;
}

uint64_t nw_pipeline_events(const struct nw_pipeline *p)
{
	return p->events;
}

uint64_t nw_pipeline_records(const struct nw_pipeline *p)
{
	return p->records;
}

void nw_pipeline_losses(const struct nw_pipeline *p, struct nw_ev_loss *loss)
{
	loss->total[NW_LOSS_REJECTED] = p->rejected;
	loss->total[NW_LOSS_HEAD_EVICTED] = nw_heads_evicted(p->heads);
	loss->total[NW_LOSS_SINK] = p->sink_lost;
}

void nw_pipeline_say_losses(const struct nw_pipeline *p)
{
	uint64_t all = 0;

	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		uint64_t n = nw_state_loss(p->state, (enum nw_loss)i);

		all += n;
		if (n > 0) {
			nw_log(NW_LOG_WARN, "lost %llu: %s", (unsigned long long)n,
			       nw_loss_name((enum nw_loss)i));
		}
	}
	nw_log(NW_LOG_WARN, "%llu events, %llu records, %s", (unsigned long long)p->events,
	       (unsigned long long)p->records, all ? "losses above" : "nothing lost");
}
