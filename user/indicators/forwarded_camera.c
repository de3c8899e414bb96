/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forwarded-camera: a camera's own packets pass through this host to the outside, or somebody outside
 * reaches it through this host. One case for each camera and far end: a maker's service or an operator
 * where known, else the address. Volume and whose service it is make the score; time and names are
 * little. What this host translates are two flows, each told one way: the camera's, which only gets, and
 * one of another address inside, which only sends to the same port of the same far end. They are joined
 * by that port and the near one; the near one may differ where the far end began, whose port is its own.
 * Source: docs/indicators.md.
 */
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "meter.h"
#include "rule.h"
#include "util/text.h"

#define CASES  512
#define HALVES 128

static const struct nw_rule rule = {
	.id = "forwarded-camera",
	.name = "A camera talks to the outside through this host",
	.question = "live",
	.wrong =
		"who is a camera is known of those that were declared or read, else its MAC's maker "
		"says so; what is forwarded has no program here; address translation before this "
		"host hides the camera; volume is not content",
	.technique = { "T1041" },
	.over = "Nothing more was forwarded between the two for ten minutes",
	.quiet_ns = 600 * NW_NSEC_PER_SEC,
};

struct passage {
	struct nw_meter meter; /* from the camera */
	uint64_t to_camera;
	bool began_outside; /* some of it */
};

/* A camera's flow from which nothing came yet, or what somebody else sent and nobody claimed. */
struct half {
	uint8_t camera[16];
	uint8_t far[16];
	uint16_t far_port, near_port; /* near 0: any */
	uint16_t proto;		      /* 0: no half */
	bool is_sent;
	uint64_t from_ns, bytes; /* sent */
};

struct forwarded_camera {
	struct nw_watcher w; /* first: fini() is its */
	struct passage *passage;
	struct half half[HALVES];
	unsigned next;
};

/* Which end is the camera, and how sure. */
struct ends {
	const struct nw_camera *camera; /* or only */
	const struct nw_neighbour *mac;
	const uint8_t *addr;  /* the camera's */
	const uint8_t *other; /* outside */
	bool is_local;	      /* it is the end that began */
	bool is_translated;   /* addr is in no packet of the flow */
};

static int forwarded_camera_init(void *self, const struct nw_config *config)
{
	struct forwarded_camera *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->passage), config);

	me->passage = me->w.item;
	return r;
}

static bool is_camera(const struct nw_state *st, const struct nw_flow *f, struct ends *e)
{
	e->camera = nw_camera_find(st, e->addr);
	e->mac = e->camera ? NULL : nw_neighbour_find(st, f->netns, 0, e->addr);
	return e->camera || (e->mac && e->mac->maker[0]);
}

static bool find_ends(const struct nw_state *st, const struct nw_flow *f, struct ends *ret)
{
	*ret = (struct ends){ .addr = f->laddr, .other = f->raddr, .is_local = true };
	if (!f->is_inside && is_camera(st, f, ret)) {
		return true;
	}
	*ret = (struct ends){ .addr = f->raddr, .other = f->laddr };
	return !f->is_local_inside && is_camera(st, f, ret);
}

static struct half *find_half(struct forwarded_camera *me, const struct half *of, bool is_sent)
{
	for (unsigned i = 0; i < HALVES; i++) {
		struct half *h = &me->half[i];

		if (h->proto == of->proto && h->is_sent == is_sent && h->far_port == of->far_port &&
		    (!h->near_port || !of->near_port || h->near_port == of->near_port) &&
		    memcmp(h->far, of->far, sizeof(h->far)) == 0) {
			return h;
		}
	}
	return NULL;
}

static bool began_outside(const struct nw_flow *f, const struct ends *e)
{
	return e->is_local != f->is_outbound && f->initiator != NW_INITIATOR_ASSUMED;
}

static struct half half_of(const struct nw_flow *f, bool is_local)
{
	struct half h = { .far_port = is_local ? f->rport : f->lport,
			  .near_port = is_local ? f->lport : f->rport,
			  .proto = f->proto };

	memcpy(h.far, is_local ? f->raddr : f->laddr, sizeof(h.far));
	return h;
}

/* Remembers what a camera got, if only acknowledgements; returns what was sent for it before. */
static struct half keep_half(struct forwarded_camera *me, const struct nw_flow *f,
			     const struct ends *e)
{
	struct half h = half_of(f, e->is_local);
	struct half ret = { .proto = 0 };
	struct half *sent;

	if (e->is_translated || (e->is_local ? f->tx_bytes : f->rx_bytes) > 0) {
		return ret;
	}
	memcpy(h.camera, e->addr, sizeof(h.camera));
	h.near_port = began_outside(f, e) ? 0 : h.near_port;
	sent = find_half(me, &h, true);
	if (sent) {
		ret = *sent;
		*sent = (struct half){ .proto = 0 };
	}
	if (!find_half(me, &h, false)) {
		me->half[me->next++ % HALVES] = h;
	}
	return ret;
}

/* The other way of what a camera got, from another address; of what no camera got, it is kept. */
static bool find_other_half(struct forwarded_camera *me, const struct nw_state *st,
			    const struct nw_event *ev, const struct nw_flow *f, struct ends *ret)
{
	bool is_local = f->is_local_inside;
	struct half of = half_of(f, is_local);
	struct nw_delta m;
	struct half *h;

	if (f->is_local_inside == f->is_inside || (is_local ? f->rx_bytes : f->tx_bytes) > 0) {
		return false;
	}
	h = find_half(me, &of, false);
	if (h) {
		*ret = (struct ends){ .addr = h->camera,
				      .other = is_local ? f->raddr : f->laddr,
				      .is_local = is_local,
				      .is_translated = true };
		return is_camera(st, f, ret);
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	h = find_half(me, &of, true);
	if (!h) {
		h = &me->half[me->next++ % HALVES];
		*h = of;
		h->is_sent = true;
		h->from_ns = m.from_ns;
	}
	h->bytes += is_local ? m.tx : m.rx;
	return false;
}

static bool is_word(const char *text, const char *const words[])
{
	for (; text && *words; words++) {
		if (strcmp(text, *words) == 0) {
			return true;
		}
	}
	return false;
}

static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, const struct passage *p,
			const struct nw_vendor *v, uint64_t now)
{
	static const char *const small[] = { "dns", "ntp", "mdns", NULL };
	static const char *const calm[] = { "time", "update", "licence", NULL };
	bool is_media = nw_meter_is_media(&p->meter, now) && p->meter.total > 2 * p->to_camera;

	if (nw_policy_allowed(st, f)) {
		return 15;
	}
	if (is_media) {
		return 85;
	}
	if (p->began_outside) {
		return 70;
	}
	if (v) {
		return is_word(nw_vendor_service(v), calm) ? 30 : 60;
	}
	/* by content only: anybody can send over port 53 */
	return f->said && f->said->basis == NW_BASIS_CONTENT && is_word(f->said->protocol, small)
		       ? 15
		       : 40;
}

static void tell(struct forwarded_camera *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, const struct ends *e,
		 const struct nw_vendor *v, uint64_t now)
{
	const struct nw_place *place = nw_place_find(st, e->other);
	const struct passage *p = &me->passage[i];
	char addr[NW_ADDR_TEXT];
	char other[NW_ADDR_TEXT];
	struct nw_finding found;
	uint8_t score = score_of(st, f, p, v, now);

	if (!nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	nw_addr_text(addr, e->addr);
	nw_addr_text(other, e->other);
	found.reason = score >= 85
			       ? "A camera sends media-like volume through this host to the outside"
		       : p->began_outside ? "Somebody outside reaches a camera through this host"
					  : "A camera talks to the outside through this host";
	found.flow = f;
	found.camera = e->camera;
	found.confidence = e->camera ? NW_MAX(e->camera->confidence, 70) : 50;
	nw_finding_text(&found, "camera", addr);
	nw_finding_text(&found, "camera_mac_maker", e->mac ? e->mac->maker : NULL);
	nw_finding_text(&found, "outside", other);
	nw_finding_text(&found, "outside_operator", place ? place->organisation : NULL);
	nw_finding_text(&found, "vendor", v ? nw_vendor_name(v) : NULL);
	nw_finding_text(&found, "vendor_service", v ? nw_vendor_service(v) : NULL);
	nw_finding_u64(&found, "began_outside", p->began_outside);
	nw_finding_u64(&found, "bytes", p->meter.total);
	nw_finding_u64(&found, "bytes_per_s", nw_meter_rate(&p->meter));
	nw_finding_u64(&found, "bytes_to_camera", p->to_camera);
	nw_finding_text(&found, "protocol", f->said ? f->said->protocol : NULL);
	emit->finding(emit->ctx, &found);
}

static struct passage *passage_of(struct forwarded_camera *me, const struct nw_state *st,
				  const struct ends *e, const struct nw_vendor *v, uint32_t *ret)
{
	const struct nw_place *place = nw_place_find(st, e->other);
	struct nw_case_key key = { .len = 0 };
	bool is_new;

	nw_case_key_addr(&key, e->addr);
	if (v) {
		nw_case_key_text(&key, nw_vendor_name(v));
		nw_case_key_text(&key, nw_vendor_service(v));
	} else if (place && place->asn) { /* one operator's many addresses are one thing */
		nw_case_key_text(&key, "as");
		nw_case_key_u64(&key, place->asn);
	} else {
		nw_case_key_addr(&key, e->other);
	}
	*ret = nw_cases_get(&me->w.cases, key.text, &is_new);
	if (is_new) {
		me->passage[*ret] = (struct passage){ .to_camera = 0 };
	}
	return &me->passage[*ret];
}

static void on_flow(struct forwarded_camera *me, const struct nw_state *st,
		    const struct nw_event *ev, const struct nw_flow *f, const struct nw_emit *emit)
{
	const struct nw_vendor *v;
	enum nw_vendor_basis basis;
	struct passage *p;
	struct half before;
	struct nw_delta m;
	struct ends e;
	uint32_t i;

	if (!(f->flags & NW_SOCK_FORWARDED) ||
	    (!find_ends(st, f, &e) && !find_other_half(me, st, ev, f, &e))) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	before = keep_half(me, f, &e);
	if (!m.tx && !m.rx && !before.bytes) {
		return;
	}
	v = e.is_local ? nw_vendor_of_flow(st, f, &basis) : NULL;
	p = passage_of(me, st, &e, v, &i);
	nw_rule_touch(&me->w.cases, i, f, ev->ts_ns);
	nw_meter_add(&p->meter, before.from_ns, ev->ts_ns, before.bytes);
	nw_meter_add(&p->meter, m.from_ns, ev->ts_ns, e.is_local ? m.tx : m.rx);
	p->to_camera += e.is_local ? m.rx : m.tx;
	p->began_outside |= !e.is_translated && began_outside(f, &e);
	tell(me, st, emit, i, f, &e, v, ev->ts_ns);
}

static void forwarded_camera_on_event(void *self, const struct nw_state *st,
				      const struct nw_event *ev, const struct nw_emit *emit)
{
	struct forwarded_camera *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_forwarded_camera = {
	.id = "forwarded-camera",
	.doc = "a camera's own packets pass through this host to or from the outside",
	.self_size = sizeof(struct forwarded_camera),
	.init = forwarded_camera_init,
	.fini = nw_watcher_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = forwarded_camera_on_event,
};
