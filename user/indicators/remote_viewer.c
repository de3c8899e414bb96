/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote-viewer: somebody outside began a session with this host and gets media-like volume from it.
 * One case for each program and far end (of IPv6 its /64), over all of its connections: segments come
 * on many. What the program can serve raises the score: without a way to pictures it is information.
 * Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "meter.h"
#include "rule.h"
#include "state/reader.h"
#include "util/text.h"

#define CASES	 1024
#define ONE_WAY	 4  /* it gets so many times what it sends */
#define LIKE_MIN 80 /* per cent of a camera's rate */
#define LIKE_MAX 130

static const struct nw_rule rule = {
	.id = "remote-viewer",
	.name = "Somebody outside gets media-like volume from this host",
	.question = "live",
	.wrong =
		"volume is not content: a large download looks the same; what the program serves is "
		"known only where it reads cameras or a chain leads to who does; several behind one "
		"address are one; less than 100 kbit/s is not told",
	.technique = { "T1125", "T1041" },
	.over = "Nothing more was fetched for five minutes",
	.quiet_ns = 300 * NW_NSEC_PER_SEC,
};

struct view {
	struct nw_meter meter;
	uint64_t rx;
	uint64_t looked_ns; /* whose pictures it can be: once a second */
	uint16_t port;	    /* that it came to */
	uint16_t proto;
	bool is_declared;
	bool has_datagrams; /* media beside the session, sent by us */
};

struct remote_viewer {
	struct nw_watcher w; /* first: fini() is its */
	struct view *view;
};

static int remote_viewer_init(void *self, const struct nw_config *config)
{
	struct remote_viewer *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->view), config);

	me->view = me->w.item;
	return r;
}

static void key_of(const struct nw_flow *f, struct nw_case_key *key)
{
	uint8_t addr[16];

	memcpy(addr, f->raddr, sizeof(addr));
	if (!nw_addr_is_v4(addr)) { /* a client's own to choose from */
		memset(addr + 8, 0, 8);
	}
	key->len = 0;
	nw_case_key_addr(key, addr);
	nw_case_key_program(key, f->owner);
}

static bool is_camera_like(const struct nw_pictures *l, uint64_t rate)
{
	return l->rx_rate && rate * 100 >= (uint64_t)l->rx_rate * LIKE_MIN &&
	       rate * 100 <= (uint64_t)l->rx_rate * LIKE_MAX;
}

static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, const struct view *v,
			const struct nw_pictures *l)
{
	unsigned score;

	if (v->is_declared || nw_policy_allowed(st, f)) {
		return 20;
	}
	if (l->how >= NW_PICTURES_CHAIN) {
		score = is_camera_like(l, f->tx_rate) ? 85 : 80;
	} else if (l->how == NW_PICTURES_GROUP) {
		score = 70;
	} else {
		score = nw_recorder_of(st, f->owner) ? 70 : 30;
	}
	if (score >= NW_ALERT_SCORE && f->iface && f->iface->is_tunnel) {
		score += 5;
	}
	return (uint8_t)score;
}

static void tell(struct remote_viewer *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, uint64_t now)
{
	const struct view *v = &me->view[i];
	struct nw_pictures l;
	struct nw_finding found;
	uint8_t score;

	(void)nw_pictures_of(st, f, &l);
	score = score_of(st, f, v, &l);
	if (!nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason = l.how != NW_PICTURES_NONE
			       ? "Somebody outside gets media-like volume of a program that has "
				 "pictures of cameras"
			       : "Somebody outside gets media-like volume";
	found.flow = f;
	nw_finding_u64(&found, "bytes", v->meter.total);
	nw_finding_u64(&found, "bytes_per_s", nw_meter_rate(&v->meter));
	nw_finding_u64(&found, "listener_port", v->port);
	nw_finding_text(&found, "listener_transport", v->proto == IPPROTO_TCP ? "tcp" : "udp");
	nw_finding_u64(&found, "listener_declared", v->is_declared);
	nw_finding_u64(&found, "datagrams", v->has_datagrams);
	nw_finding_text(&found, "tunnel", f->iface && f->iface->is_tunnel ? f->iface->name : NULL);
	nw_finding_text(&found, "recorder_by",
			nw_recorder_basis_name(nw_recorder_of(st, f->owner)));
	nw_finding_pictures(&found, &l);
	emit->finding(emit->ctx, &found);
}

/* A session from outside makes the case; what the same program sends there belongs to it. */
static struct view *view_of(struct remote_viewer *me, const struct nw_state *st,
			    const struct nw_flow *f, uint32_t *ret_place)
{
	struct nw_case_key key;
	struct view *v;
	bool is_new = false;

	key_of(f, &key);
	*ret_place = f->is_outbound ? nw_cases_find(&me->w.cases, key.text)
				    : nw_cases_get(&me->w.cases, key.text, &is_new);
	if (*ret_place == NW_CASE_NONE) {
		return NULL;
	}
	v = &me->view[*ret_place];
	if (is_new) {
		*v = (struct view){ .port = f->lport, .proto = f->proto };
	}
	if (is_new && nw_policy_listener(st, f->proto, f->lport, f->raddr)) {
		v->is_declared = true;
	} else if (!f->is_outbound && f->lport != v->port &&
		   !nw_policy_listener(st, f->proto, f->lport, f->raddr)) {
		v->is_declared = false; /* it comes by another door too: that one counts */
		v->port = f->lport;
		v->proto = f->proto;
	}
	return v;
}

static void on_flow(struct remote_viewer *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_delta m;
	struct view *v;
	uint32_t i;

	if (f->is_inside || f->peer || !f->owner ||
	    (f->flags & (NW_SOCK_FORWARDED | NW_SOCK_LOOPBACK)) ||
	    (f->is_outbound && f->proto != IPPROTO_UDP)) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	if (!m.tx && !m.rx) {
		return;
	}
	v = view_of(me, st, f, &i);
	if (!v) {
		return;
	}
	nw_rule_touch(&me->w.cases, i, f, ev->ts_ns);
	nw_meter_add(&v->meter, ev->ts_ns, m.tx);
	v->rx += m.rx;
	v->has_datagrams |= f->proto == IPPROTO_UDP && m.tx;
	if (ev->ts_ns >= v->looked_ns + NW_NSEC_PER_SEC &&
	    nw_meter_is_media(&v->meter, ev->ts_ns) && v->meter.total >= ONE_WAY * v->rx) {
		v->looked_ns = ev->ts_ns;
		tell(me, st, emit, i, f, ev->ts_ns);
	}
}

static void remote_viewer_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
				   const struct nw_emit *emit)
{
	struct remote_viewer *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_remote_viewer = {
	.id = "remote-viewer",
	.doc = "somebody outside began a session and gets media-like volume from this host",
	.self_size = sizeof(struct remote_viewer),
	.init = remote_viewer_init,
	.fini = nw_watcher_fini,
	.on_event = remote_viewer_on_event,
};
