/* SPDX-License-Identifier: Apache-2.0 */
/*
 * new-listener: a port listens that is neither declared nor was there at the start. One case for each
 * program and port, kept when it closes: a restart is nothing new. Told when it has stayed for a
 * minute, and at once when the outside reached it; an alert, too, when it stayed and nobody inside came: a
 * service is for somebody. What was there at the first start is listed, as
 * information; at a later one, what came while nobody looked is new, and what was new still is.
 * Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "rule.h"
#include "state/reader.h"
#include "util/text.h"

#define CASES	  1024
#define STAYS_NS  (60 * NW_NSEC_PER_SEC)
#define UNUSED_NS (600 * NW_NSEC_PER_SEC)
#define SHUTS_NS  NW_NSEC_PER_SEC /* where a flow is met late, at its first packet */
#define LOOK_NS	  (2 * NW_NSEC_PER_SEC)
#define SYSTEMD	  "systemd"

static const struct nw_rule rule = {
	.id = "new-listener",
	.name = "A port listens that is neither declared nor was there at the start",
	.question = "back door",
	.wrong =
		"software that the administrator installs listens too; what was there at the start "
		"need not be right; a firewall may keep everybody out; datagram sockets on ports "
		"that the kernel gives to clients are not looked at; a program under a new path on "
		"the same port is new",
	.technique = { "T1571", "T1133" },
	.over = "The port listens no more",
};

struct door {
	uint64_t since_ns;  /* 0 = closed */
	uint64_t closed_ns; /* 0 = not yet, or before this session */
	uint64_t cookie;    /* the listener */
	uint32_t netns;
	uint32_t reached; /* from outside, connections */
	uint32_t used;	  /* from inside */
	uint16_t port, proto;
	uint8_t outside[16]; /* the last one */
	bool is_loopback;
	bool is_any; /* address */
	bool is_found;
	bool is_known;	     /* it needs no telling: declared */
	bool is_between;     /* it came while nvrwatch did not run */
	bool is_read;	     /* of an earlier session, and not seen in this one */
	bool is_unused_told; /* it was looked at again */
	bool is_kept; /* in this session: rows that were told longest ago are the first to go */
};

struct new_listener {
	struct nw_cases cases;
	struct door *door;
	struct nw_watched *watched;
	uint64_t looked_ns;
	struct nw_kept_pace pace;
	bool has_past;	 /* an earlier session said what was there */
	bool has_policy; /* the site declared its listeners: being there proves nothing */
	bool is_begun;	 /* this one will have said it */
	bool is_begun_kept;
};

static int new_listener_init(void *self, const struct nw_config *config)
{
	struct new_listener *me = self;

	if (nw_cases_init(&me->cases, CASES) < 0) {
		return -1;
	}
	me->has_policy = config->listeners_count > 0;
	me->door = calloc(CASES, sizeof(*me->door));
	me->watched = calloc(config->limits.flows, sizeof(*me->watched));
	return me->door && me->watched ? 0 : -1;
}

static void new_listener_fini(void *self)
{
	struct new_listener *me = self;

	nw_cases_free(&me->cases);
	free(me->door);
	free(me->watched);
}

static bool is_loopback(const uint8_t addr[16])
{
	static const uint8_t one[16] = { [15] = 1 };

	return nw_addr_is_v4(addr) ? addr[12] == 127 : memcmp(addr, one, sizeof(one)) == 0;
}

/* In each family's way of saying it. */
static bool is_any(const uint8_t addr[16])
{
	static const uint8_t none[16];

	return memcmp(addr, none, sizeof(none)) == 0 ||
	       (nw_addr_is_v4(addr) && memcmp(addr + 12, none, 4) == 0);
}

/* It was there first, and nobody said what may be. */
static bool is_learnt(const struct new_listener *me, const struct door *d)
{
	return d->is_found && !me->has_policy;
}

/* Does the program have another door, one that was there or is declared? Then a port that the kernel
 * chose is a second connection of it: FTP's data. */
static bool has_other_door(const struct new_listener *me, const struct nw_proc *p, uint32_t not )
{
	for (uint32_t i = me->cases.lru.newest; p && i != NW_LRU_NONE;
	     i = me->cases.lru.link[i].older) {
		const struct door *d = &me->door[i];
		size_t len = strlen(p->exe);

		if (i != not &&(is_learnt(me, d) || d->is_known) && len &&
		    strncmp(me->cases.item[i].key, p->exe, len) == 0 &&
		    me->cases.item[i].key[len] == ' ') {
			return true;
		}
	}
	return false;
}

static bool is_unused(const struct door *d, uint64_t now)
{
	/* how long it was there before is not known where nobody looked */
	return !d->used && d->since_ns && (d->is_between || now >= d->since_ns + UNUSED_NS);
}

static uint8_t score_of(const struct new_listener *me, const struct nw_state *st, uint32_t i,
			const struct nw_proc *p, uint64_t now)
{
	const struct door *d = &me->door[i];
	bool is_recorder = p && (nw_recorder_of(st, p) || nw_reader_of(st, p));

	if (is_learnt(me, d)) {
		return d->reached ? 30 : 10;
	}
	if (d->is_loopback) {
		return 20;
	}
	if (nw_is_client_port(st, d->port) && has_other_door(me, p, i)) {
		return d->reached ? 30 : 0;
	}
	if (d->reached) {
		return is_recorder ? 70 : 80;
	}
	if (d->proto != IPPROTO_TCP) { /* a recorder's RTP and RTCP come and go */
		return is_recorder ? 0 : 40;
	}
	if (p && strcmp(p->name, SYSTEMD) == 0 && p->id.tgid == 1) {
		return 40;
	}
	return is_recorder || !is_unused(d, now) ? 45 : 55;
}

static const char *reason_of(const struct new_listener *me, const struct door *d, uint64_t now)
{
	if (is_learnt(me, d)) {
		return "A port listened before the start and is not declared";
	}
	if (d->is_found) {
		return d->reached ? "The outside reached a port that is not declared"
		       : is_unused(d, now)
			       ? "A port listens that is not declared, and nobody inside uses it"
			       : "A port listens that is not declared";
	}
	return d->reached ? "The outside reached a port that was not there at the start and "
			    "is not declared"
	       : is_unused(d, now)
		       ? "A port listens that was not there at the start and is not declared, and "
			 "nobody inside uses it"
		       : "A port listens that was not there at the start and is not declared";
}

static void tell(struct new_listener *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, uint64_t now)
{
	const struct door *d = &me->door[i];
	const struct nw_case *k = &me->cases.item[i];
	const struct nw_proc *p = k->proc.tgid ? nw_proc_find(st, &k->proc) : NULL;
	uint8_t score = score_of(me, st, i, p, now);
	char outside[NW_ADDR_TEXT] = "";
	struct nw_finding found;

	if (!score || !nw_rule_seen(&rule, &me->cases, i, st, now, score, &found)) {
		return;
	}
	if (d->reached) {
		nw_addr_text(outside, d->outside);
	}
	found.reason = reason_of(me, d, now);
	found.confidence = is_learnt(me, d) ? 50 : 90;
	nw_finding_u64(&found, "port", d->port);
	nw_finding_text(&found, "transport", d->proto == IPPROTO_TCP ? "tcp" : "udp");
	nw_finding_text(&found, "address", d->is_loopback ? "loopback" : d->is_any ? "any" : "one");
	nw_finding_u64(&found, "before_start", d->is_found);
	if (d->is_between) {
		nw_finding_u64(&found, "since_last_session", 1);
	}
	nw_finding_u64(&found, "reached_from_outside", d->reached);
	nw_finding_text(&found, "outside", outside);
	nw_finding_u64(&found, "used_from_inside", d->used);
	nw_finding_u64(&found, "listens_s",
		       d->since_ns && now > d->since_ns ? (now - d->since_ns) / NW_NSEC_PER_SEC
							: 0);
	nw_finding_text(&found, "recorder_by", nw_recorder_basis_name(nw_recorder_of(st, p)));
	emit->finding(emit->ctx, &found);
}

static void on_listen(struct new_listener *me, const struct nw_state *st,
		      const struct nw_ev_sock *e, const struct nw_emit *emit)
{
	uint16_t port = ntohs(e->lport_be);
	const struct nw_listener *l = nw_listener_find(st, e->netns, e->proto, port);
	const struct nw_proc *p = nw_proc_find(st, &e->owner);
	struct nw_case_key key = { .len = 0 };
	struct door *d;
	bool is_new;
	uint32_t i;

	if (!l || (e->proto != IPPROTO_TCP && e->proto != IPPROTO_UDP) ||
	    (e->proto == IPPROTO_UDP && nw_is_client_port(st, port))) {
		return;
	}
	p = p ? p : l->owner;
	nw_case_key_program(&key, p);
	nw_case_key_u64(&key, e->proto);
	nw_case_key_u64(&key, port);
	nw_case_key_text(&key, is_loopback(e->laddr) ? "loopback" : "");
	i = nw_cases_get(&me->cases, key.text, &is_new);
	d = &me->door[i];
	if (is_new) {
		*d = (struct door){
			.netns = e->netns,
			.port = port,
			.proto = e->proto,
			.is_loopback = is_loopback(e->laddr),
			.is_found = (e->flags & NW_SOCK_FOUND) && !me->has_past,
			.is_between = (e->flags & NW_SOCK_FOUND) && me->has_past,
		};
	}
	d->is_kept = d->is_kept && !d->is_read;
	d->is_read = false;
	d->netns = e->netns;
	d->is_known = nw_policy_listener(st, e->proto, port, NULL);
	d->is_any = is_any(e->laddr);
	d->since_ns = e->ev.ts_ns;
	d->is_unused_told = false;
	d->closed_ns = 0;
	d->cookie = e->cookie;
	nw_rule_touch(&me->cases, i, NULL, e->ev.ts_ns);
	me->cases.item[i].proc = p ? p->id : (struct nw_proc_id){ .tgid = 0 };
	if (is_new && is_learnt(me, d) && !d->is_known) {
		tell(me, st, emit, i, e->ev.ts_ns);
	}
}

static void tell_closed(struct new_listener *me, const struct nw_state *st, uint32_t i,
			const struct nw_emit *emit)
{
	struct nw_finding found;

	if (me->cases.item[i].is_open && !is_learnt(me, &me->door[i])) {
		nw_rule_closed(&rule, &me->cases, i, st, &found);
		emit->finding(emit->ctx, &found);
	}
}

static void on_close(struct new_listener *me, const struct nw_state *st, const struct nw_ev_sock *e,
		     const struct nw_emit *emit)
{
	for (uint32_t i = me->cases.lru.newest; i != NW_LRU_NONE; i = me->cases.lru.link[i].older) {
		struct door *d = &me->door[i];

		if (!d->since_ns || d->cookie != e->cookie) {
			continue;
		}
		d->since_ns = 0;
		d->closed_ns = e->ev.ts_ns;
		d->reached = 0;
		tell_closed(me, st, i, emit);
		return;
	}
}

/* Who takes one connection and no more closes the door behind it, before that has carried anything. */
static bool came_by(const struct door *d, const struct nw_flow *f)
{
	return d->since_ns || (d->closed_ns && f->birth_ns <= d->closed_ns + SHUTS_NS);
}

/* A datagram port that the kernel could have given is a door all the same where its program has the same
 * number with TCP: it was chosen (BitTorrent, QUIC beside TLS). */
static bool is_door_of(const struct new_listener *me, uint32_t i, const struct nw_flow *f)
{
	const struct door *d = &me->door[i];
	const struct nw_proc *p = f->owner;

	if (d->port != f->lport || !came_by(d, f) || d->is_known ||
	    (d->netns != f->netns && d->netns && f->netns)) {
		return false;
	}
	return d->proto == f->proto || (f->proto == IPPROTO_UDP && p && !d->is_loopback &&
					nw_proc_id_is_same(&me->cases.item[i].proc, &p->id));
}

/* A connection that carried something; the first measure of it counts. */
static void on_flow(struct new_listener *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_delta m;

	if (f->is_outbound || nw_flow_stays_here(f) || (f->flags & NW_SOCK_FORWARDED)) {
		return;
	}
	nw_watch(me->watched, st, f, nw_event_sock(ev), &m);
	if (m.w->mark || !(f->rx_bytes + f->tx_bytes)) {
		return;
	}
	m.w->mark = 1;
	for (uint32_t i = me->cases.lru.newest; i != NW_LRU_NONE; i = me->cases.lru.link[i].older) {
		struct door *d = &me->door[i];

		if (is_door_of(me, i, f)) {
			if (f->is_inside) {
				d->used++;
				return;
			}
			d->reached++;
			memcpy(d->outside, f->raddr, sizeof(d->outside));
			nw_rule_touch(&me->cases, i, f, ev->ts_ns);
			tell(me, st, emit, i, ev->ts_ns);
			return;
		}
	}
}

static void on_tick(struct new_listener *me, const struct nw_state *st, uint64_t now,
		    const struct nw_emit *emit)
{
	if (now < me->looked_ns + LOOK_NS) {
		return;
	}
	me->looked_ns = now;
	for (uint32_t i = me->cases.lru.newest; i != NW_LRU_NONE; i = me->cases.lru.link[i].older) {
		struct door *d = &me->door[i];
		bool is_again = me->cases.item[i].is_open;

		if (!d->since_ns && now >= d->closed_ns + STAYS_NS) {
			tell_closed(me, st, i, emit); /* it was reached behind its end */
		}
		if (!d->since_ns || d->is_known || is_learnt(me, d)) {
			continue;
		}
		if (is_again ? !d->is_unused_told && is_unused(d, now)
			     : now >= d->since_ns + STAYS_NS) {
			d->is_unused_told = is_again;
			tell(me, st, emit, i, now);
			return; /* the order may be another now; the next one in two seconds */
		}
	}
}

/* ---- over restarts -------------------------------------------------------------------------- */

#define DOOR_KIND "new-listener"
#define SEEN_KIND "new-listener.seen" /* that there is a baseline, and of what scope */

static const char *scope_of(const struct nw_state *st)
{
	const char *scope = nw_fact_find(st, "scope");

	return scope ? scope : "";
}

static bool keep_door(struct new_listener *me, uint32_t i, const struct nw_emit *emit, uint64_t now)
{
	struct door *d = &me->door[i];
	struct nw_kept row = nw_kept_row(DOOR_KIND, me->cases.item[i].key);

	if (d->is_kept) {
		return true;
	}
	nw_kept_add(&row, d->port);
	nw_kept_add(&row, d->proto);
	nw_kept_add(&row, d->is_loopback);
	nw_kept_add(&row, d->is_found);
	nw_kept_add(&row, d->is_between);
	d->is_kept = nw_kept_tell(&me->pace, &emit->keeper, &row, now);
	return d->is_kept;
}

static void keep(struct new_listener *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint64_t now)
{
	struct nw_kept row = nw_kept_row(SEEN_KIND, scope_of(st));

	if (!me->is_begun || !nw_kept_is_time(&me->pace, &emit->keeper, now)) {
		return;
	}
	for (uint32_t i = me->cases.lru.newest; i != NW_LRU_NONE; i = me->cases.lru.link[i].older) {
		if (!keep_door(me, i, emit, now)) {
			return;
		}
	}
	if (!me->is_begun_kept) { /* when all that was there is */
		nw_kept_add(&row, 1);
		me->is_begun_kept = nw_kept_tell(&me->pace, &emit->keeper, &row, now);
	}
}

static void on_fact(struct new_listener *me, const struct nw_state *st, const struct nw_event *ev)
{
	const struct nw_ev_fact *e = nw_event_fact(ev);
	struct nw_kept row;
	bool is_new;
	uint32_t i;

	if (e->key_len == 7 && memcmp(e->tail, "session", 7) == 0) {
		me->is_begun = true;
	} else if (nw_kept_of(ev, SEEN_KIND, 1, &row)) {
		me->has_past = me->has_past || strcmp(row.key, scope_of(st)) == 0;
	} else if (nw_kept_of(ev, DOOR_KIND, 5, &row) && row.key[0] && !me->is_begun) {
		i = nw_cases_get(&me->cases, row.key, &is_new);
		me->cases.item[i].last_ns = ev->ts_ns;
		me->door[i] = (struct door){
			.port = (uint16_t)row.n[0],
			.proto = (uint16_t)row.n[1],
			.is_loopback = row.n[2] != 0,
			.is_found = row.n[3] != 0,
			.is_between = row.n[4] != 0,
			.is_kept = true, /* until it listens */
			.is_read = true,
		};
	}
}

static void new_listener_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
				  const struct nw_emit *emit)
{
	struct new_listener *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(me, st, ev->ts_ns, emit);
		keep(me, st, emit, ev->ts_ns);
	} else if (ev->shape == NW_SHAPE_FACT) {
		on_fact(me, st, ev);
	}
	if (ev->shape != NW_SHAPE_SOCK) {
		return;
	}
	if (ev->what == NW_SOCK_LISTEN) {
		on_listen(me, st, nw_event_sock(ev), emit);
	} else if (ev->what == NW_SOCK_CLOSE && (nw_event_sock(ev)->flags & NW_SOCK_LISTENER)) {
		on_close(me, st, nw_event_sock(ev), emit);
	} else if (f) {
		on_flow(me, st, ev, f, emit);
	}
}

const struct nw_indicator nw_indicator_new_listener = {
	.id = "new-listener",
	.doc = "a port listens that is neither declared nor was there at the start",
	.self_size = sizeof(struct new_listener),
	.init = new_listener_init,
	.fini = new_listener_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(FACT) | NW_SEES(TICK),
	.on_event = new_listener_on_event,
};
