/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covert-socket: sockets that pass no Internet socket's hook (packet, XDP, vsock and their like), and
 * raw ones whose protocol is none that hosts speak. Judged by who has them and by what they do: hear
 * everything, send frames, or belong to a program whose data goes outside. Owns one entry for each
 * program and kind of socket, or program, protocol and far end. Source: docs/indicators.md.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "contact.h"
#include "covert_weigh.h"
#include "dest.h"
#include "holder.h"
#include "indicators/indicator.h"
#include "util/text.h"
#include "util/window.h"

#define CASES	   256
#define OWNERS	   32 /* programs whose other traffic is looked at */
#define QUIET_NS   (300 * NW_NSEC_PER_SEC)
#define HOUR_NS	   (3600 * NW_NSEC_PER_SEC)
#define TOLD_LEAST 20

struct covert_socket {
	struct nw_cases cases;
	struct nw_covert_seen *seen;
	uint32_t owner[OWNERS]; /* cases of sockets that hear; searched for each flow to outside */
	uint32_t owners;
	uint32_t waited_for; /* cases that may be; 0 = none */
	struct nw_traces traces;
};

static int covert_socket_init(void *self, const struct nw_config *config)
{
	struct covert_socket *me = self;

	(void)config;
	me->seen = calloc(CASES, sizeof(*me->seen));
	return me->seen ? nw_cases_init(&me->cases, CASES) : -ENOMEM;
}

static void covert_socket_fini(void *self)
{
	struct covert_socket *me = self;

	free(me->seen);
	nw_cases_free(&me->cases);
}

/* ---- what it does --------------------------------------------------------------------------- */

static void count(struct nw_covert_seen *s, uint64_t now, uint64_t sent, uint64_t outside)
{
	if (now >= s->hour_ns + HOUR_NS) {
		s->hour_ns = now;
		s->sent = s->outside = 0;
	}
	s->sent = s->sent + sent < sent ? UINT64_MAX : s->sent + sent;
	s->outside = s->outside + outside < outside ? UINT64_MAX : s->outside + outside;
}

/* ---- telling --------------------------------------------------------------------------------- */

static const char *reason_of(const struct nw_covert_seen *s, enum nw_finding_action action)
{
	static const char *const words[_NW_COVERT_MAX] = {
		[NW_COVERT_MUTE] = "A program sends packets that it makes by hand",
		[NW_COVERT_NARROW] = "A program has a packet socket of one protocol",
		[NW_COVERT_WIDE] = "A program hears all that passes an interface",
		[NW_COVERT_TRANSPORT] = "A program hears or makes TCP or UDP by hand",
		[NW_COVERT_FAMILY] = "A program's socket carries data past those of the Internet",
		[NW_COVERT_UNCOUNTED] = "What a program sends by this socket is in no flow",
		[NW_COVERT_RAW] = "A program sends an IP protocol that hosts do not speak",
	};

	if (action == NW_FINDING_CLOSED) {
		return "It is gone, or sent nothing more for five minutes";
	}
	if (s->kind != NW_COVERT_RAW && s->outside && nw_covert_score_doing(s) >= NW_ALERT_SCORE) {
		return "A program that hears other hosts' packets sends to the outside";
	}
	return words[s->kind];
}

static void tell(struct covert_socket *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, uint8_t score, enum nw_finding_action action)
{
	const struct nw_covert_seen *s = &me->seen[i];
	bool is_inet = s->family == AF_INET || s->family == AF_INET6;
	const char *family = is_inet ? "raw" : nw_family_name(s->family);
	bool hears = s->kind == NW_COVERT_WIDE || s->kind == NW_COVERT_TRANSPORT;
	struct nw_finding f = {
		.rule_id = "covert-socket",
		.rule_name = "A socket passes the usual ones by",
		.question = "back door",
		.reason = reason_of(s, action),
		.known_ways_to_be_wrong =
			"a capture or monitor of the network that the administrator runs without a "
			"terminal; a tunnel or routing protocol that is not declared in allowed",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = nw_severity_of(score),
		.score = score,
		.confidence = 75,
		.technique = { hears ? "T1040" : "T1095",
			       hears && (s->sent || s->outside) ? "T1095" : NULL },
		.evidence = { { .key = "family", .text = family, .number = s->family },
			      { .key = "protocol", .number = s->proto },
			      { .key = "held_by", .text = nw_holder_name(s->who) },
			      { .key = "scripted", .text = s->is_scripted ? "yes" : "no" },
			      { .key = "before_start", .text = s->is_found ? "yes" : "no" },
			      { .key = "sent_bytes", .number = s->sent },
			      { .key = "outside_bytes", .number = s->outside } },
		.evidence_len = 7,
	};

	nw_dest_fill(&me->cases.item[i], st, &f);
	emit->finding(emit->ctx, &f);
}

/* A socket that is just held is told when it is worse than before, not each time that it is seen. */
static void judge(struct covert_socket *me, const struct nw_state *st, const struct nw_emit *emit,
		  uint32_t i)
{
	struct nw_case *k = &me->cases.item[i];
	struct nw_covert_seen *s = &me->seen[i];
	uint64_t now = nw_state_now_ns(st);
	enum nw_finding_action action;
	uint8_t score = nw_covert_weigh(s, &me->traces, st);

	me->waited_for += s->is_waited_for;
	nw_lru_touch(&me->cases.lru, i);
	k->last_ns = now;
	if (score < TOLD_LEAST || (k->is_open && score <= k->score && s->kind != NW_COVERT_RAW)) {
		return;
	}
	if (nw_cases_seen(&me->cases, i, now, score, &action)) {
		tell(me, st, emit, i, score, action);
	}
}

/* ---- events ---------------------------------------------------------------------------------- */

static void watch(struct covert_socket *me, uint32_t i)
{
	for (uint32_t k = 0; k < NW_MIN(me->owners, (uint32_t)OWNERS); k++) {
		if (me->owner[k] == i) {
			return;
		}
	}
	me->owner[me->owners++ % OWNERS] = i;
}

/* A process of a program of which the last one traced may do so, too: it is waited for anew. */
static void set_owner(const struct covert_socket *me, struct nw_covert_seen *s,
		      const struct nw_proc *p, uint64_t now)
{
	if (nw_proc_id_is_same(&s->owner, &p->id)) {
		return;
	}
	if (nw_traces_has(&me->traces, &s->owner, now)) {
		s->first_ns = now;
	}
	s->owner = p->id;
}

static void on_covert(struct covert_socket *me, const struct nw_state *st,
		      const struct nw_emit *emit, const struct nw_covert *c)
{
	const struct nw_proc *p = c ? c->owner : NULL;
	struct nw_case_key key = { .len = 0 };
	struct nw_covert_seen *s;
	bool is_new;
	uint32_t i;

	if (!p) {
		return;
	}
	nw_case_key_text(&key, "socket");
	nw_case_key_u64(&key, c->family);
	nw_case_key_program(&key, p);
	i = nw_cases_get(&me->cases, key.text, &is_new);
	s = &me->seen[i];
	if (is_new) {
		*s = (struct nw_covert_seen){ .hour_ns = nw_state_now_ns(st),
					      .first_ns = nw_state_now_ns(st) };
	}
	if (is_new || s->inode != c->inode || s->kind < nw_covert_kind(c)) {
		s->inode = c->inode;
		set_owner(me, s, p, nw_state_now_ns(st));
		s->family = c->family;
		s->proto = c->proto;
		s->is_found = c->is_found;
		s->kind = (uint8_t)nw_covert_kind(c);
		s->who = (uint8_t)nw_holder_of(st, p, &s->is_scripted);
		me->cases.item[i].proc = p->id;
		if (s->kind == NW_COVERT_WIDE || s->kind == NW_COVERT_TRANSPORT) {
			watch(me, i);
		}
	}
	nw_hearing_look(&s->hearing, st, s->inode);
	judge(me, st, emit, i);
}

static void on_frames(struct covert_socket *me, const struct nw_state *st,
		      const struct nw_emit *emit, const struct nw_moved *m)
{
	struct nw_case_key key = { .len = 0 };
	uint32_t i;

	nw_case_key_text(&key, "socket");
	nw_case_key_u64(&key, m->flow->family & ~NW_FAMILY_OTHER);
	nw_case_key_program(&key, nw_dest_proc(m->flow));
	i = nw_cases_find(&me->cases, key.text);
	if (i != NW_CASE_NONE && m->tx_bytes) {
		nw_hearing_sent(&me->seen[i].hearing, m);
		count(&me->seen[i], nw_state_now_ns(st), m->tx_bytes, 0);
		judge(me, st, emit, i);
	}
}

/* Can what this flow carries come from the process? */
static bool carries(const struct nw_flow *f, const struct nw_proc_id *id)
{
	if ((f->owner && nw_proc_id_is_same(&f->owner->id, id)) ||
	    (f->sender && nw_proc_id_is_same(&f->sender->id, id))) {
		return true;
	}
	for (unsigned k = 0; f->chain && k < f->chain->len; k++) {
		if (nw_proc_id_is_same(&f->chain->link[k].proc->id, id)) {
			return true;
		}
	}
	return false;
}

/* Its own probes are no news of what it hears. */
static bool is_probe(const struct covert_socket *me, const struct nw_covert_seen *s,
		     const struct nw_flow *f, uint64_t now)
{
	return s->kind == NW_COVERT_TRANSPORT &&
	       (f->proto == IPPROTO_RAW || f->proto == IPPROTO_ICMP ||
		f->proto == IPPROTO_ICMPV6) &&
	       nw_covert_may_trace(s, &me->traces, now);
}

static void on_outside(struct covert_socket *me, const struct nw_state *st,
		       const struct nw_emit *emit, const struct nw_moved *m)
{
	for (uint32_t k = 0; k < NW_MIN(me->owners, (uint32_t)OWNERS); k++) {
		uint32_t i = me->owner[k];

		/* its place may be another's by now */
		if ((me->seen[i].kind == NW_COVERT_WIDE ||
		     me->seen[i].kind == NW_COVERT_TRANSPORT) &&
		    carries(m->flow, &me->seen[i].owner) && nw_dest_is_foreign(st, m->flow) &&
		    !is_probe(me, &me->seen[i], m->flow, nw_state_now_ns(st))) {
			me->cases.item[i].far = nw_far_end_of(m->flow);
			count(&me->seen[i], nw_state_now_ns(st), 0, m->tx_bytes);
			judge(me, st, emit, i);
		}
	}
}

static bool is_usual(uint16_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_ICMPV6 || proto == IPPROTO_MPTCP;
}

/* Routing protocols and clusters speak to groups; those leave no link by themselves. */
static bool is_group(const uint8_t addr[16])
{
	return nw_addr_is_v4(addr) ? addr[12] >= 224 : addr[0] == 0xff;
}

static void on_raw(struct covert_socket *me, const struct nw_state *st, const struct nw_emit *emit,
		   const struct nw_moved *m)
{
	const struct nw_flow *f = m->flow;
	const struct nw_proc *p = nw_dest_proc(f);
	struct nw_case_key key = { .len = 0 };
	struct nw_covert_seen *s;
	bool is_new;
	uint32_t i;

	if (!p || is_group(f->raddr) || nw_policy_allowed(st, f) || f->peer) {
		return;
	}
	nw_case_key_text(&key, "protocol");
	nw_case_key_u64(&key, f->proto);
	nw_case_key_program(&key, p);
	nw_case_key_addr(&key, f->raddr);
	i = nw_cases_get(&me->cases, key.text, &is_new);
	s = &me->seen[i];
	if (is_new) {
		*s = (struct nw_covert_seen){ .hour_ns = nw_state_now_ns(st),
					      .first_ns = nw_state_now_ns(st),
					      .proto = f->proto,
					      .family = AF_INET,
					      .kind = NW_COVERT_RAW,
					      .is_found = p->is_found,
					      .is_outside = nw_dest_is_foreign(st, f) };
		s->who = (uint8_t)nw_holder_of(st, p, &s->is_scripted);
	}
	set_owner(me, s, p, nw_state_now_ns(st));
	me->cases.item[i].proc = p->id;
	me->cases.item[i].far = nw_far_end_of(f);
	count(s, nw_state_now_ns(st), m->tx_bytes, s->is_outside ? m->tx_bytes : 0);
	judge(me, st, emit, i);
}

static void on_moved(struct covert_socket *me, const struct nw_state *st,
		     const struct nw_emit *emit, const struct nw_moved *m)
{
	const struct nw_flow *f = m->flow;

	if (f->family >= NW_FAMILY_OTHER) {
		on_frames(me, st, emit, m);
		return;
	}
	if (f->flags & (NW_SOCK_FORWARDED | NW_SOCK_LOOPBACK)) {
		return;
	}
	nw_traces_count(&me->traces, m, nw_state_now_ns(st));
	if (!m->tx_bytes) {
		return;
	}
	if (!is_usual(f->proto)) {
		on_raw(me, st, emit, m);
	}
	if (me->owners && !f->is_inside) {
		on_outside(me, st, emit, m);
	}
}

/* Of a packet socket that is gone there is nothing more to wait for. */
static void wait(struct covert_socket *me, const struct nw_state *st, const struct nw_emit *emit)
{
	me->waited_for = 0;
	for (uint32_t i = 0; i < CASES; i++) {
		struct nw_covert_seen *s = &me->seen[i];

		if (!s->is_waited_for) {
			continue;
		}
		if (s->kind == NW_COVERT_WIDE) {
			nw_hearing_look(&s->hearing, st, s->inode);
		}
		if (s->kind != NW_COVERT_WIDE || s->hearing.since_ns) {
			judge(me, st, emit, i);
		}
	}
}

/* What is still open is not over, however quiet it is. */
static void on_tick(struct covert_socket *me, const struct nw_state *st, const struct nw_emit *emit)
{
	uint64_t now = nw_state_now_ns(st);
	uint32_t i;

	if (me->waited_for) {
		wait(me, st, emit);
	}
	while ((i = nw_cases_quiet(&me->cases, now, QUIET_NS)) != NW_CASE_NONE) {
		if (me->seen[i].inode && nw_covert_find(st, me->seen[i].inode)) {
			nw_lru_touch(&me->cases.lru, i);
			me->cases.item[i].last_ns = now;
			continue;
		}
		if (me->cases.item[i].is_open) {
			tell(me, st, emit, i, me->cases.item[i].score, NW_FINDING_CLOSED);
		}
		me->seen[i].kind = NW_COVERT_MUTE;
		me->seen[i].is_waited_for = false;
		nw_cases_remove(&me->cases, i);
	}
}

static void covert_socket_on_event(void *self, const struct nw_state *state,
				   const struct nw_event *ev, const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);
	struct covert_socket *me = self;

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(me, state, emit);
	} else if (ev->shape == NW_SHAPE_FD && ev->what == NW_FD_SOCKET) {
		on_covert(me, state, emit, nw_covert_find(state, nw_event_fd(ev)->inode));
	} else if (ev->shape == NW_SHAPE_SOCK) {
		const struct nw_ev_sock *e = nw_event_sock(ev);

		if (e->family >= NW_FAMILY_OTHER) {
			on_covert(me, state, emit,
				  nw_covert_find(state, e->cookie & ~NW_COOKIE_INODE));
		}
		if (m->flow) {
			on_moved(me, state, emit, m);
		}
	}
}

const struct nw_indicator nw_indicator_covert_socket = {
	.id = "covert-socket",
	.doc = "a packet, raw, vsock or other unusual socket hears or carries what no other socket does",
	.self_size = sizeof(struct covert_socket),
	.init = covert_socket_init,
	.fini = covert_socket_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(FD) | NW_SEES(TICK),
	.on_event = covert_socket_on_event,
};
