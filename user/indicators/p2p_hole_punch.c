/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p2p-hole-punch: a way through NAT is made by asking a third party and trying addresses, and then
 * used. For each program, over UDP to the outside: rendezvous (STUN's grammar, or a maker's p2p
 * service), probes (peers that got a few small datagrams within a minute), a relay that was
 * allocated (TURN), then media-like volume. A conference in a browser does the same: whether the
 * program has to do with cameras makes the difference. Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "meter.h"
#include "rule.h"
#include "state/reader.h"

#define CASES	      256
#define PROBES	      4
#define PROBE_PACKETS 8
#define PROBE_BYTES   2000
#define WINDOW_NS     (60 * NW_NSEC_PER_SEC)
#define PUNCHED_NS    (600 * NW_NSEC_PER_SEC) /* the way is used so long after it was made */

static const struct nw_rule rule = {
	.id = "p2p-hole-punch",
	.name = "A way through NAT is made by rendezvous and used",
	.question = "live",
	.wrong =
		"WebRTC, telephony, games and file sharing make the same packets: only the program "
		"tells them apart; a maker's own grammar without a name of the catalogue is known "
		"by its probes alone",
	.technique = { "T1090", "T1095" },
	.over = "The way was not used for ten minutes",
	.quiet_ns = PUNCHED_NS,
};

struct punch {
	struct nw_meter media; /* of the peer that gets most now */
	uint64_t media_rx;
	uint64_t media_cookie;
	uint32_t media_slot;
	uint64_t looked_ns;
	uint64_t asked_ns;   /* rendezvous; 0 = none */
	uint64_t relayed_ns; /* a relay was allocated */
	uint64_t probed_ns;  /* PROBES within a minute */
	uint64_t window_ns;
	uint32_t probes;    /* in the window */
	uint32_t most;	    /* of any window */
	const char *vendor; /* of the rendezvous: rows stay */
};

struct p2p {
	struct nw_watcher w; /* first: fini() is its */
	struct punch *punch;
};

static int p2p_hole_punch_init(void *self, const struct nw_config *config)
{
	struct p2p *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->punch), config);

	me->punch = me->w.item;
	return r;
}

static bool is_recent(uint64_t when, uint64_t now)
{
	return when && now <= when + PUNCHED_NS;
}

static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, const struct punch *p,
			bool has_cameras, uint64_t now)
{
	bool is_made = is_recent(p->asked_ns, now) || is_recent(p->relayed_ns, now);
	bool is_tried = is_recent(p->probed_ns, now);
	bool is_used = nw_meter_is_media(&p->media, now) && p->media.total > 2 * p->media_rx;

	if (nw_policy_allowed(st, f)) {
		return has_cameras ? 15 : 0;
	}
	if (!has_cameras) { /* a conference; file sharing and games have no word for themselves */
		return is_used && is_made ? 35 : 0;
	}
	if (is_used && (is_made || is_tried)) {
		return is_made && (is_tried || p->relayed_ns) ? 85 : 75;
	}
	if (is_recent(p->relayed_ns, now) || (is_made && is_tried)) {
		return 55; /* the way is there */
	}
	return is_made || is_tried ? 40 : 0;
}

static void tell(struct p2p *me, const struct nw_state *st, const struct nw_emit *emit, uint32_t i,
		 const struct nw_flow *f, uint64_t now)
{
	struct punch *p = &me->punch[i];
	struct nw_pictures l;
	struct nw_finding found;
	enum nw_recorder_basis basis = nw_recorder_of(st, f->owner);
	bool has_cameras = nw_pictures_of(st, f, &l) || basis;
	uint8_t score = score_of(st, f, p, has_cameras, now);

	if (!score || !nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason =
		!has_cameras  ? "A program makes a way through NAT and sends media-like volume "
				"over it; a conference does the same"
		: score >= 75 ? "A program that has to do with cameras made a way through "
				"NAT and sends media-like volume over it"
			      : "A program that has to do with cameras makes a way through NAT";
	found.flow = f;
	nw_finding_u64(&found, "rendezvous", is_recent(p->asked_ns, now));
	nw_finding_u64(&found, "relay_allocated", is_recent(p->relayed_ns, now));
	nw_finding_u64(&found, "peers_probed_in_a_minute", p->most);
	nw_finding_u64(&found, "media_bytes", p->media.total);
	nw_finding_u64(&found, "media_bytes_per_s", nw_meter_rate(&p->media));
	nw_finding_text(&found, "vendor", p->vendor);
	nw_finding_text(&found, "stun_mapped",
			f->said ? nw_said_find(f->said, NW_ATTR_STUN_MAPPED) : NULL);
	nw_finding_text(&found, "stun_relayed",
			f->said ? nw_said_find(f->said, NW_ATTR_STUN_RELAYED) : NULL);
	nw_finding_text(&found, "recorder_by", nw_recorder_basis_name(basis));
	nw_finding_pictures(&found, &l);
	emit->finding(emit->ctx, &found);
}

static void take_rendezvous(struct punch *p, const struct nw_state *st, const struct nw_flow *f,
			    uint64_t now)
{
	const char *word = f->said ? f->said->protocol : NULL;
	enum nw_vendor_basis basis;
	const struct nw_vendor *v = nw_vendor_of_flow(st, f, &basis);

	if (word && strcmp(word, "stun") == 0 && f->said->basis == NW_BASIS_CONTENT) {
		p->asked_ns = now;
		p->relayed_ns = nw_said_find(f->said, NW_ATTR_STUN_RELAYED) ? now : p->relayed_ns;
	}
	if (v && (strcmp(nw_vendor_service(v), "p2p") == 0 ||
		  strcmp(nw_vendor_service(v), "stun") == 0 ||
		  strcmp(nw_vendor_service(v), "relay") == 0)) {
		p->asked_ns = now;
		p->vendor = nw_vendor_name(v);
	}
}

/* Names, time and the Web have few packets too. */
static bool is_everyday(const struct nw_flow *f)
{
	static const char *const words[] = { "dns",  "mdns", "ntp",  "quic",
					     "dhcp", "ssdp", "dtls", "coap" };
	bool is_port = f->rport == 53 || f->rport == 123 || f->rport == 443 || f->rport == 853;

	for (size_t i = 0; f->said && f->said->protocol && i < NW_ARRAY_SIZE(words); i++) {
		if (strcmp(f->said->protocol, words[i]) == 0) {
			return true;
		}
	}
	return is_port && !f->said;
}

/* A peer that is new and was sent something small. */
static void take_probe(struct punch *p, const struct nw_flow *f, struct nw_watched *w, uint64_t now)
{
	if (w->mark || !f->is_outbound || !f->tx_packets || f->tx_packets > PROBE_PACKETS ||
	    f->tx_bytes > PROBE_BYTES) {
		return;
	}
	w->mark = 1;
	if (now > p->window_ns + WINDOW_NS) {
		p->window_ns = now;
		p->probes = 0;
	}
	p->probes++;
	p->most = NW_MAX(p->most, p->probes);
	p->probed_ns = p->probes >= PROBES ? now : p->probed_ns;
}

/* The peer that gets media: the one that goes fastest, looked at anew when it went silent. */
static void take_media(struct punch *p, const struct nw_flow *f, const struct nw_delta *m,
		       uint64_t now)
{
	bool is_same = p->media_cookie == f->cookie && p->media_slot == f->slot;

	if (!is_same && now <= p->media.last_ns + 10 * NW_NSEC_PER_SEC &&
	    f->tx_rate <= nw_meter_rate(&p->media)) {
		return;
	}
	if (!is_same) {
		p->media = (struct nw_meter){ .total = 0 };
		p->media_rx = 0;
		p->media_cookie = f->cookie;
		p->media_slot = f->slot;
	}
	nw_meter_add(&p->media, now, m->tx);
	p->media_rx += m->rx;
}

static void on_flow(struct p2p *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	bool is_stun = f->said && f->said->protocol && strcmp(f->said->protocol, "stun") == 0;
	uint64_t now = ev->ts_ns;
	struct nw_delta m;
	struct punch *p;
	bool is_new;
	uint32_t i;

	/* TURN and its data go over TCP too */
	if (!f->owner || f->is_inside || f->peer || (f->flags & NW_SOCK_FORWARDED) ||
	    (f->proto != IPPROTO_UDP && !is_stun) || is_everyday(f)) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	nw_case_key_program(&key, f->owner);
	nw_case_key_u64(&key, f->owner->uid);
	i = nw_cases_get(&me->w.cases, key.text, &is_new);
	p = &me->punch[i];
	if (is_new) {
		*p = (struct punch){ .probes = 0 };
	}
	nw_rule_touch(&me->w.cases, i, f, now);
	take_probe(p, f, m.w, now);
	take_rendezvous(p, st, f, now);
	take_media(p, f, &m, now);
	if (now >= p->looked_ns + NW_NSEC_PER_SEC && (p->asked_ns || p->probed_ns)) {
		p->looked_ns = now;
		tell(me, st, emit, i, f, now);
	}
}

static void p2p_hole_punch_on_event(void *self, const struct nw_state *st,
				    const struct nw_event *ev, const struct nw_emit *emit)
{
	struct p2p *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_p2p_hole_punch = {
	.id = "p2p-hole-punch",
	.doc = "a program makes a way through NAT by rendezvous, probes or a relay, and uses it",
	.self_size = sizeof(struct p2p),
	.init = p2p_hole_punch_init,
	.fini = nw_watcher_fini,
	.on_event = p2p_hole_punch_on_event,
};
