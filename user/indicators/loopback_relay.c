/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback-relay: what a program gets from another program of this host it sends on to the outside. For
 * each program: what came over loopback, to it or to who it has its data from over a pipe, and what
 * left on sessions that nobody outside asked for, in spans of ten seconds; the two must agree for three
 * spans in a row. Over Unix sockets no bytes are known: there, what leaves must agree with what a
 * camera sends whose reader the chain leads to. A chain of pipes alone is live-relay's.
 * Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "rule.h"
#include "state/reader.h"

#define CASES	   512
#define SPAN_NS	   (10 * NW_NSEC_PER_SEC)
#define SPAN_BYTES 125000 /* 100 kbit/s */
#define SPANS	   3
/* Per cent of what came in: TLS and SSH add a few, base64 a third; what is kept back in a buffer
 * comes later. */
#define LIKE_MIN 85
#define LIKE_MAX 140
#define MEND_MAX 200 /* with parity that mends losses, of whose chain leads to a camera */
#define ONE_OF	 4   /* cameras of one reader that a rate is held against each for itself */
#define SAID_MAX 45  /* of what another indicator says better */

static const struct nw_rule rule = {
	.id = "loopback-relay",
	.name = "What a program gets from another one here, it sends to the outside",
	.question = "live",
	.wrong = "two amounts that agree are no proof that they are the same bytes; a relay that "
		 "compresses, collects for more than ten seconds or serves others meanwhile is not "
		 "told; over Unix sockets and pipes only rates can be compared",
	.technique = { "T1090.001", "T1572" },
	.over = "Nothing more was passed on for five minutes",
	.quiet_ns = 300 * NW_NSEC_PER_SEC,
};

struct relay {
	uint64_t span;		  /* number of the open one */
	uint64_t in, out;	  /* in it */
	uint64_t in_all;	  /* that ever came */
	uint32_t behind;	  /* place + 1 of who its data comes from over a pipe; 0 = nobody */
	uint64_t behind_all;	  /* what had come there when the span began */
	uint64_t in_sum, out_sum; /* of the spans that agreed */
	uint32_t agreed;	  /* in a row */
	uint32_t chained;	  /* the same, by rate */
	struct nw_proc_id from;	  /* who sent over loopback, the last one */
	uint16_t from_port;
};

struct loopback_relay {
	struct nw_watcher w; /* first: fini() is its */
	struct relay *relay;
};

static int loopback_relay_init(void *self, const struct nw_config *config)
{
	struct loopback_relay *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->relay), config);

	me->relay = me->w.item;
	return r;
}

static bool agree_to(uint64_t in, uint64_t out, unsigned most)
{
	return in >= SPAN_BYTES && out * 100 >= in * LIKE_MIN && out * 100 <= in * most;
}

static bool agree(uint64_t in, uint64_t out)
{
	return agree_to(in, out, LIKE_MAX);
}

static uint8_t kind_score(const struct nw_state *st, const struct nw_flow *f, bool is_counted,
			  const struct nw_pictures *l)
{
	if (nw_policy_allowed(st, f)) {
		return 20;
	}
	switch (l->how) {
	case NW_PICTURES_CHAIN:
		return is_counted ? 80 : 70;
	case NW_PICTURES_SELF: /* its own stream: not from another one */
	case NW_PICTURES_GROUP:
		return is_counted ? 60 : 0;
	default:
		return is_counted ? 30 : 0;
	}
}

/* One thing is one alert: what goes to a maker's service is vendor-cloud's. */
static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, bool is_counted,
			const struct nw_pictures *l)
{
	uint8_t score = kind_score(st, f, is_counted, l);
	enum nw_vendor_basis basis;

	return score > SAID_MAX && nw_vendor_of_flow(st, f, &basis) ? SAID_MAX : score;
}

/* Whose pictures the flow can carry; who is at the other end of loopback counts as its chain. */
static void look(const struct nw_state *st, const struct nw_flow *f, const struct relay *r,
		 struct nw_pictures *ret)
{
	const struct nw_proc *from = r->from.tgid ? nw_proc_find(st, &r->from) : NULL;
	struct nw_pictures of_peer;

	(void)nw_pictures_of(st, f, ret);
	if (ret->how < NW_PICTURES_CHAIN && from && nw_pictures_of_proc(st, from, &of_peer)) {
		*ret = of_peer;
		ret->how = NW_PICTURES_CHAIN;
		ret->via = NW_VIA_LOOPBACK;
		ret->steps = 1;
	} else if (ret->how == NW_PICTURES_NONE && from && nw_recorder_of(st, from)) {
		ret->how = NW_PICTURES_GROUP;
	}
}

static void tell(struct loopback_relay *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, const struct nw_pictures *l, uint64_t now)
{
	const struct relay *r = &me->relay[i];
	const struct nw_proc *from = r->from.tgid ? nw_proc_find(st, &r->from) : NULL;
	bool is_counted = r->agreed >= SPANS;
	uint8_t score = score_of(st, f, is_counted, l);
	struct nw_finding found;

	if (!score || !nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason = is_counted
			       ? "As much as a program gets over loopback it sends to the outside"
			       : "A program sends to the outside as fast as the camera does whose "
				 "reader its data can come from";
	found.flow = f;
	found.confidence = is_counted ? 85 : 60;
	nw_finding_u64(&found, "bytes_counted_inside", is_counted);
	if (is_counted) {
		nw_finding_u64(&found, "in_bytes", r->in_sum);
		nw_finding_u64(&found, "out_bytes", r->out_sum);
		nw_finding_u64(&found, "out_of_in_percent",
			       r->out_sum * 100 / NW_MAX(r->in_sum, 1U));
		nw_finding_u64(&found, "seconds", (uint64_t)r->agreed * 10);
		nw_finding_text(&found, "from",
				from ? from->exe[0] ? from->exe : from->name : NULL);
		nw_finding_u64(&found, "from_port", r->from_port);
	}
	nw_finding_pictures(&found, l);
	emit->finding(emit->ctx, &found);
}

/* A Unix socket or shared memory on the way to the reader: over pipes alone one program does it all. */
static bool has_socket(const struct nw_flow *f, const struct nw_pictures *l)
{
	for (unsigned i = 1; f->chain && i < f->chain->len && i <= l->steps; i++) {
		if (f->chain->link[i].via == NW_VIA_UNIX || f->chain->link[i].via == NW_VIA_SHM) {
			return true;
		}
	}
	return false;
}

/* As fast as all that the reader gets, or as one of a few cameras. */
static bool is_chained(const struct nw_state *st, const struct nw_flow *f,
		       const struct nw_pictures *l, uint64_t out)
{
	const struct nw_flow *in = NULL;

	if (l->how != NW_PICTURES_CHAIN || !has_socket(f, l)) {
		return false;
	}
	if (agree((uint64_t)l->rx_rate * 10, out)) {
		return true;
	}
	while (l->cameras <= ONE_OF && (in = nw_ingest_next(st, in))) {
		if (in->owner == l->reader &&
		    agree((uint64_t)nw_flow_rate(in, in->rx_rate, nw_state_now_ns(st)) * 10, out)) {
			return true;
		}
	}
	return false;
}

/* The place + 1 of the first on the flow's chain to whom something came over loopback; 0 = of nobody. */
static uint32_t behind_of(const struct loopback_relay *me, const struct nw_flow *f)
{
	for (unsigned i = 1; f->chain && i < f->chain->len; i++) {
		struct nw_case_key key = { .len = 0 };
		uint32_t place;

		if (f->chain->link[i].via == NW_VIA_LOOPBACK) {
			break;
		}
		nw_case_key_program(&key, f->chain->link[i].proc);
		nw_case_key_u64(&key, f->chain->link[i].proc->uid);
		place = nw_cases_find(&me->w.cases, key.text);
		if (place != NW_CASE_NONE && me->relay[place].in_all) {
			return place + 1;
		}
	}
	return 0;
}

/* What came over loopback in the span that is over: to the program, or to who it has its data from. */
static uint64_t came_in(const struct loopback_relay *me, const struct nw_flow *f, struct relay *r)
{
	uint32_t behind = r->in ? 0 : behind_of(me, f);
	const struct relay *from = behind ? &me->relay[behind - 1] : NULL;
	uint64_t in = r->in;

	if (from && from != r) {
		in = behind == r->behind ? from->in_all - NW_MIN(from->in_all, r->behind_all) : 0;
		r->behind_all = from->in_all;
		r->from = from->from;
		r->from_port = from->from_port;
	}
	r->behind = behind;
	return in;
}

/* The flow goes to the outside, and a span is over. */
static void close_span(struct loopback_relay *me, const struct nw_state *st,
		       const struct nw_emit *emit, uint32_t i, const struct nw_flow *f,
		       uint64_t now)
{
	struct relay *r = &me->relay[i];
	struct nw_pictures l = { .how = NW_PICTURES_NONE };
	uint64_t in = came_in(me, f, r);
	bool is_next = now / SPAN_NS == r->span + 1;
	bool is_like;

	if (r->out >= SPAN_BYTES) {
		look(st, f, r, &l);
	}
	is_like = agree_to(in, r->out, l.how == NW_PICTURES_CHAIN ? MEND_MAX : LIKE_MAX);
	r->agreed = is_like && (is_next || !r->agreed) ? r->agreed + 1 : 0;
	r->in_sum = is_like ? r->in_sum + in : 0;
	r->out_sum = is_like ? r->out_sum + r->out : 0;
	r->chained = !is_like && is_chained(st, f, &l, r->out) ? r->chained + 1 : 0;
	r->in = 0;
	r->out = 0;
	r->span = now / SPAN_NS;
	if (r->agreed >= SPANS || r->chained >= SPANS) {
		tell(me, st, emit, i, f, &l, now);
	}
}

static struct relay *relay_of(struct loopback_relay *me, const struct nw_proc *p, uint64_t now,
			      uint32_t *ret_place)
{
	struct nw_case_key key = { .len = 0 };
	bool is_new;

	nw_case_key_program(&key, p);
	nw_case_key_u64(&key, p->uid); /* one accepts, its child connects */
	*ret_place = nw_cases_get(&me->w.cases, key.text, &is_new);
	if (is_new) {
		me->relay[*ret_place] = (struct relay){ .span = now / SPAN_NS };
	}
	return &me->relay[*ret_place];
}

/* Nobody outside began it: what is served to who asks is remote-viewer's. A datagram that came first to
 * a port that the kernel gave is a hole being punched. */
static bool is_own(const struct nw_state *st, const struct nw_flow *f)
{
	return f->is_outbound || (f->proto == IPPROTO_UDP && nw_is_client_port(st, f->lport));
}

static void on_flow(struct loopback_relay *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_proc *p = f->sender && f->sender != f->peer ? f->sender : f->owner;
	bool is_out = !f->is_inside && !f->peer && is_own(st, f);
	struct nw_delta m;
	struct relay *r;
	uint32_t i;

	if (!p || (!f->peer && !is_out) || f->peer == p || (f->flags & NW_SOCK_FORWARDED)) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	if (is_out ? !m.tx : !m.rx) {
		return;
	}
	r = relay_of(me, p, ev->ts_ns, &i);
	nw_rule_touch(&me->w.cases, i, is_out ? f : NULL, ev->ts_ns);
	if (is_out) {
		if (ev->ts_ns / SPAN_NS != r->span) {
			close_span(me, st, emit, i, f, ev->ts_ns);
		}
		r->out += m.tx;
	} else {
		r->in += m.rx;
		r->in_all += m.rx;
		r->from = f->peer->id;
		r->from_port = f->rport;
	}
}

static void loopback_relay_on_event(void *self, const struct nw_state *st,
				    const struct nw_event *ev, const struct nw_emit *emit)
{
	struct loopback_relay *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_loopback_relay = {
	.id = "loopback-relay",
	.doc = "what a program gets from another one of this host it sends on to the outside",
	.self_size = sizeof(struct loopback_relay),
	.init = loopback_relay_init,
	.fini = nw_watcher_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = loopback_relay_on_event,
};
