/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p2p-hole-punch: a way through NAT is made by asking a third party and trying addresses, and then
 * used. For each program, over UDP to the outside: rendezvous (STUN's grammar, a maker's p2p
 * service, or whoever a socket spoke with before it was handed to a peer that nobody asked for by
 * name, or before another program of the same script or port went there), probes (peers that got a
 * few small datagrams within a minute, or one that was knocked at until it answered), a relay that
 * was allocated (TURN), then volume that goes on. Whether the program has to do with cameras makes
 * it worse, not true. Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "meeting.h"
#include "meter.h"
#include "rule.h"
#include "state/flow_names.h"
#include "state/reader.h"

#define CASES	      256
#define PROBES	      4
#define PROBE_PACKETS 8
#define PROBE_BYTES   2000
#define KNOCKS	      3	    /* datagrams before the first answer */
#define RELAY_BYTES   50000 /* more than a relay is asked with */
#define PORT_TURNS    5349  /* TURN over TLS and DTLS: RFC 8656 4.1 */
#define GOES_ON_NS    (8 * NW_NSEC_PER_SEC)
#define GOES_ON_BYTES 12500 /* a second: the smallest sub-stream, as user/meter.h has it */
#define WINDOW_NS     (60 * NW_NSEC_PER_SEC)
#define PUNCHED_NS    (600 * NW_NSEC_PER_SEC) /* the way is used so long after it was made */

static const struct nw_rule rule = {
	.id = "p2p-hole-punch",
	.name = "A way through NAT is made by rendezvous and used",
	.question = "live",
	.wrong =
		"WebRTC, telephony, games and file sharing make the same packets: only the program "
		"tells them apart; a maker's own grammar without a name of the catalogue is known "
		"by its probes alone; two programs of one script that speak UDP with two servers",
	.technique = { "T1090", "T1095" },
	.over = "The way was not used for ten minutes",
	.quiet_ns = PUNCHED_NS,
};

/* nw_watched::mark */
enum {
	MARK_PROBE = 1,	  /* counted as one */
	MARK_NAMED = 2,	  /* the program asked for its name */
	MARK_KNOCKED = 4, /* got some before it answered */
	MARK_OPENED = 8,  /* and answered */
};

struct punch {
	struct nw_meter media; /* of the peer that gets most now */
	uint64_t media_rx;
	uint64_t media_cookie;
	uint32_t media_slot;
	bool is_named;	/* the peer is */
	bool is_direct; /* STUN was spoken with the peer itself */
	bool is_opened;
	bool is_handed;	   /* its socket had met somebody else before */
	bool is_elsewhere; /* or another socket of its port or its family had */
	uint64_t looked_ns;
	uint64_t asked_ns;   /* rendezvous; 0 = none */
	uint64_t relayed_ns; /* a relay was allocated */
	uint64_t carried_ns; /* it carries */
	uint64_t probed_ns;  /* PROBES within a minute */
	uint64_t window_ns;
	uint32_t probes;    /* in the window */
	uint32_t most;	    /* of any window */
	const char *vendor; /* of the rendezvous: rows stay */
};

struct p2p {
	struct nw_watcher w; /* first: fini() is its */
	struct punch *punch;
	struct nw_meetings met; /* of all programs */
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

/* The peer gets something on and on, and gives little. */
static bool is_used(const struct punch *p, uint64_t now)
{
	const struct nw_meter *m = &p->media;
	bool goes_on = m->last_ns >= m->first_ns + GOES_ON_NS && now < m->last_ns + GOES_ON_NS &&
		       nw_meter_rate(m) >= GOES_ON_BYTES;

	return (goes_on || nw_meter_is_media(m, now)) && m->total > 2 * p->media_rx;
}

struct signs {
	bool is_made;	 /* a third party was asked, and is known as one */
	bool is_handed;	 /* somebody was met, and another gets the volume */
	bool is_probing; /* many peers */
	bool is_opened;	 /* or one, again and again */
	bool is_relayed;
	bool is_used;
	bool is_direct;
};

static struct signs signs_of(const struct punch *p, uint64_t now)
{
	struct signs s = {
		.is_made = is_recent(p->asked_ns, now) || is_recent(p->relayed_ns, now),
		.is_handed = p->is_handed,
		.is_probing = is_recent(p->probed_ns, now),
		.is_opened = p->is_opened,
		.is_relayed = is_recent(p->relayed_ns, now),
		.is_direct = p->is_direct,
	};

	s.is_used = is_used(p, now);
	return s;
}

static uint8_t score_with_cameras(const struct signs *s, bool carries)
{
	bool is_met = s->is_made || s->is_handed;
	bool is_tried = s->is_probing || s->is_opened;

	if (carries) {
		return 85;
	}
	if (s->is_used && (is_met || is_tried)) {
		return is_met && (is_tried || s->is_relayed || s->is_direct) ? 85 : 75;
	}
	if (s->is_relayed || (s->is_made && s->is_probing)) {
		return 55; /* the way is there */
	}
	return s->is_made || s->is_probing ? 40 : 0;
}

/* Conferences, games and file sharing: a way in past the firewall of a recording server, all the same. */
static uint8_t score_without(const struct signs *s, bool carries, bool is_named)
{
	bool is_tried = (s->is_probing || s->is_opened) && !is_named;

	if (carries) {
		return 55;
	}
	if (s->is_used && (s->is_made || (s->is_handed && !is_named))) {
		return is_tried || s->is_direct ? 55 : 50;
	}
	if (s->is_used && is_tried) {
		return s->is_probing ? 50 : 40;
	}
	return s->is_relayed ? 40 : 0;
}

static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, const struct punch *p,
			bool has_cameras, uint64_t now)
{
	const struct signs s = signs_of(p, now);
	bool carries = is_recent(p->carried_ns, now);

	if (nw_policy_allowed(st, f)) {
		return has_cameras ? 15 : 0;
	}
	return has_cameras ? score_with_cameras(&s, carries)
			   : score_without(&s, carries, p->is_named);
}

static const char *reason_of(bool has_cameras, uint8_t score)
{
	if (!has_cameras) {
		return score >= NW_ALERT_SCORE
			       ? "A program makes a way through NAT and sends on and on over it; a "
				 "conference or file sharing does the same"
			       : "A program makes what may be a way through NAT";
	}
	return score >= 75 ? "A program that has to do with cameras made a way through NAT and "
			     "sends on and on over it"
			   : "A program that has to do with cameras makes a way through NAT";
}

static void tell(struct p2p *me, const struct nw_state *st, const struct nw_emit *emit, uint32_t i,
		 const struct nw_flow *f, uint64_t now)
{
	struct punch *p = &me->punch[i];
	struct nw_pictures l;
	struct nw_finding found;
	enum nw_recorder_basis basis = nw_recorder_of(st, f->owner);
	bool has_cameras =
		nw_pictures_of(st, f, &l) || basis || nw_rec_use_of(st, f->owner)->files > 0;
	uint8_t score = score_of(st, f, p, has_cameras, now);

	if (!score || !nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason = reason_of(has_cameras, score);
	found.flow = f;
	nw_finding_u64(&found, "rendezvous", is_recent(p->asked_ns, now));
	nw_finding_u64(&found, "relay_allocated", is_recent(p->relayed_ns, now));
	nw_finding_u64(&found, "peers_probed_in_a_minute", p->most);
	nw_finding_u64(&found, "handed_over", p->is_handed);
	nw_finding_u64(&found, "handed_over_elsewhere", p->is_elsewhere);
	nw_finding_u64(&found, "knocked", p->is_opened);
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

/* ---- what is seen of a flow ------------------------------------------------------------------- */

static bool is_stun(const struct nw_flow *f)
{
	return f->said && f->said->protocol && strcmp(f->said->protocol, "stun") == 0 &&
	       f->said->basis == NW_BASIS_CONTENT;
}

/* TURN inside TLS says so by ALPN (RFC 7443), or is known by its port. */
static bool is_turn_in_tls(const struct nw_flow *f)
{
	return nw_said_speaks(f->said, "stun.turn") ||
	       (f->rport == PORT_TURNS && f->is_outbound &&
		(f->proto == IPPROTO_UDP || (f->said && f->said->basis == NW_BASIS_CONTENT)));
}

static void take_rendezvous(struct punch *p, const struct nw_state *st, const struct nw_flow *f,
			    uint64_t now)
{
	enum nw_vendor_basis basis;
	const struct nw_vendor *v = nw_vendor_of_flow(st, f, &basis);
	bool is_hidden = is_turn_in_tls(f);
	bool has_relay = is_stun(f) && nw_said_find(f->said, NW_ATTR_STUN_RELAYED);

	if (is_stun(f) || is_hidden) {
		p->asked_ns = now;
	}
	if (has_relay || (is_hidden && f->tx_bytes >= RELAY_BYTES)) {
		p->relayed_ns = now;
		p->carried_ns = f->tx_bytes >= RELAY_BYTES ? now : p->carried_ns;
	}
	if (v && (strcmp(nw_vendor_service(v), "p2p") == 0 ||
		  strcmp(nw_vendor_service(v), "stun") == 0 ||
		  strcmp(nw_vendor_service(v), "relay") == 0)) {
		p->asked_ns = now;
		p->vendor = nw_vendor_name(v);
	}
}

/* Names, time and the Web have few packets too; QUIC with a server that has no name may be anything. */
static bool is_everyday(const struct nw_flow *f)
{
	static const char *const words[] = { "dns",  "mdns", "ntp",  "quic", "dhcp",
					     "ssdp", "dtls", "coap", "sip" };
	bool is_port = f->rport == 53 || f->rport == 123 || f->rport == 443 || f->rport == 853;
	const char *word = f->said ? f->said->protocol : NULL;

	if (word && strcmp(word, "quic") == 0 && !f->name[0] && f->rport != 443 &&
	    !nw_said_find(f->said, NW_ATTR_TLS_SERVER_NAME)) {
		return false;
	}
	for (size_t i = 0; word && i < NW_ARRAY_SIZE(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			return true;
		}
	}
	return is_port && !f->said;
}

/* Who asked for a name did not guess, and was not told an address by somebody in the middle. */
static bool is_named(const struct nw_state *st, const struct nw_flow *f)
{
	return f->name[0] && nw_flow_asked_by(st, f) != NW_ASKED_BY_ANOTHER;
}

/* A peer that is new and was sent something small; one that is sent it again until it answers. */
static void take_probe(struct punch *p, const struct nw_state *st, const struct nw_flow *f,
		       struct nw_watched *w, uint64_t now)
{
	bool is_small = f->is_outbound && f->tx_packets && f->tx_bytes <= PROBE_BYTES;

	if (is_small && !f->rx_packets && f->tx_packets >= KNOCKS) {
		w->mark |= MARK_KNOCKED;
	} else if (f->rx_packets && (w->mark & MARK_KNOCKED)) {
		w->mark |= MARK_OPENED;
	}
	if ((w->mark & (MARK_PROBE | MARK_NAMED)) || !is_small || f->tx_packets > PROBE_PACKETS) {
		return;
	}
	if (is_named(st, f)) {
		w->mark |= MARK_NAMED;
		return;
	}
	w->mark |= MARK_PROBE;
	if (now > p->window_ns + WINDOW_NS) {
		p->window_ns = now;
		p->probes = 0;
	}
	p->probes++;
	p->most = NW_MAX(p->most, p->probes);
	p->probed_ns = p->probes >= PROBES ? now : p->probed_ns;
}

/* The peer that gets media: the one that goes fastest, looked at anew when it went silent. */
static void take_media(struct p2p *me, struct punch *p, const struct nw_state *st,
		       const struct nw_flow *f, const struct nw_delta *m, uint64_t now)
{
	bool may_be_handed;
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
		p->is_named = is_named(st, f);
	}
	nw_meter_add(&p->media, m->from_ns, now, m->tx);
	p->media_rx += m->rx;
	p->is_direct = is_stun(f);
	p->is_opened = m->w->mark & MARK_OPENED;
	may_be_handed = f->proto == IPPROTO_UDP && !p->is_named;
	p->is_elsewhere = may_be_handed && nw_meetings_led_elsewhere(&me->met, st, f);
	p->is_handed = p->is_elsewhere || (may_be_handed && nw_meetings_led(&me->met, f));
}

static void on_flow(struct p2p *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	uint64_t now = ev->ts_ns;
	struct nw_delta m;
	struct punch *p;
	bool is_new;
	uint32_t i;

	/* TURN and its data go over TCP too */
	if (!f->owner || f->is_inside || f->peer || (f->flags & NW_SOCK_FORWARDED) ||
	    (f->proto != IPPROTO_UDP && !is_stun(f) && !is_turn_in_tls(f)) || is_everyday(f)) {
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
	take_probe(p, st, f, m.w, now);
	take_rendezvous(p, st, f, now);
	if (f->proto == IPPROTO_UDP) {
		nw_meetings_see(&me->met, f, now);
	}
	take_media(me, p, st, f, &m, now);
	if (now >= p->looked_ns + NW_NSEC_PER_SEC &&
	    (p->asked_ns || p->probed_ns || p->is_handed || p->is_opened)) {
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
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = p2p_hole_punch_on_event,
};
