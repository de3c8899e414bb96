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
#include "dest.h"
#include "holder.h"
#include "indicators/indicator.h"
#include "util/text.h"
#include "util/window.h"

#define CASES	   256
#define OWNERS	   32 /* programs whose other traffic is looked at */
#define QUIET_NS   (300 * NW_NSEC_PER_SEC)
#define HOUR_NS	   (3600 * NW_NSEC_PER_SEC)
#define KIB	   1024ULL
#define BEFORE	   15 /* less, for what was there before the start */
#define TOLD_LEAST 20

/* Ethernet's protocols with which a packet socket hears hosts talk; others are one protocol's. */
#define ETH_ALL	 0x0003
#define ETH_IP	 0x0800
#define ETH_IPV6 0x86dd

enum kind {
	KIND_MUTE,	/* hears nothing by itself */
	KIND_NARROW,	/* hears one protocol */
	KIND_WIDE,	/* hears hosts talk */
	KIND_TRANSPORT, /* raw TCP or UDP */
	KIND_FAMILY,	/* another family */
	KIND_UNCOUNTED,
	KIND_RAW, /* sends a protocol that hosts do not speak */
	KINDS,
};

struct seen {
	uint64_t inode; /* the last one of them; of raw senders 0 */
	struct nw_proc_id owner;
	uint64_t hour_ns; /* when these two began */
	uint64_t sent, outside;
	uint16_t proto;
	uint8_t family, who, kind;
	bool is_found, is_scripted, is_outside;
};

struct covert_socket {
	struct nw_cases cases;
	struct seen *seen;
	uint32_t owner[OWNERS]; /* cases of sockets that hear; searched for each flow to outside */
	uint32_t owners;
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

/* ---- what it can and does -------------------------------------------------------------------- */

static enum kind kind_of(const struct nw_covert *c)
{
	switch (c->family) {
	case AF_INET:
	case AF_INET6:
		return c->proto == IPPROTO_TCP || c->proto == IPPROTO_UDP ? KIND_TRANSPORT
									  : KIND_MUTE;
	case AF_PACKET:
		if (c->is_uncounted) {
			return KIND_UNCOUNTED;
		}
		if (!c->proto) {
			return KIND_MUTE;
		}
		return c->proto == ETH_ALL || c->proto == ETH_IP || c->proto == ETH_IPV6
			       ? KIND_WIDE
			       : KIND_NARROW;
	case AF_XDP:
		return KIND_UNCOUNTED;
	default:
		return KIND_FAMILY;
	}
}

static uint8_t score_having(const struct seen *s)
{
	static const uint8_t score[KINDS][_NW_HOLDER_MAX] = {
		[KIND_NARROW] = { 40, 30, 0, 0 },      [KIND_WIDE] = { 75, 60, 30, 35 },
		[KIND_TRANSPORT] = { 65, 55, 30, 30 }, [KIND_FAMILY] = { 70, 60, 30, 35 },
		[KIND_UNCOUNTED] = { 85, 75, 55, 60 },
	};
	unsigned n = score[s->kind][s->who];

	if (s->kind == KIND_UNCOUNTED) {
		return (uint8_t)n;
	}
	if (s->is_found && s->who != NW_HOLDER_TERMINAL) {
		return (uint8_t)(n > BEFORE ? n - BEFORE : 0);
	}
	/* what a timer's or a hook's script starts is of that service, too */
	return (uint8_t)(s->who == NW_HOLDER_SERVICE && s->is_scripted && n ? 50 : n);
}

static uint8_t score_doing(const struct seen *s)
{
	static const struct {
		uint64_t sent;	  /* bytes of frames, in an hour */
		uint64_t outside; /* bytes to outside over other sockets */
		uint8_t sent_score, outside_score;
	} row[_NW_HOLDER_MAX] = {
		[NW_HOLDER_RECORDER] = { 64 * KIB, 1 * KIB, 85, 85 },
		[NW_HOLDER_OTHER] = { 64 * KIB, 1 * KIB, 75, 80 },
		[NW_HOLDER_TERMINAL] = { 1024 * KIB, 64 * KIB, 45, 60 },
		[NW_HOLDER_SERVICE] = { 256 * KIB, 64 * KIB, 60, 65 },
	};
	unsigned score = s->sent >= row[s->who].sent ? row[s->who].sent_score : 0;

	if (s->outside >= row[s->who].outside) {
		score = NW_MAX(score, (unsigned)row[s->who].outside_score);
	}
	return (uint8_t)score;
}

/* Of a raw socket's packets. What was there before the start as a service may be a tunnel. */
static uint8_t score_raw(const struct seen *s)
{
	static const struct nw_scale scale[] = {
		{ 0, 55 }, { 10000, 65 }, { 100000, 75 }, { 1000000, 85 }
	};

	if (!s->is_outside) {
		return s->who <= NW_HOLDER_OTHER && s->sent >= 64 * KIB ? 40 : 0;
	}
	if (s->who == NW_HOLDER_SERVICE && s->is_found) {
		return 45;
	}
	return nw_scale_of(scale, NW_ARRAY_SIZE(scale), NW_MIN(s->sent, (uint64_t)UINT32_MAX));
}

static void count(struct seen *s, uint64_t now, uint64_t sent, uint64_t outside)
{
	if (now >= s->hour_ns + HOUR_NS) {
		s->hour_ns = now;
		s->sent = s->outside = 0;
	}
	s->sent = s->sent + sent < sent ? UINT64_MAX : s->sent + sent;
	s->outside = s->outside + outside < outside ? UINT64_MAX : s->outside + outside;
}

/* ---- telling --------------------------------------------------------------------------------- */

static const char *reason_of(const struct seen *s, enum nw_finding_action action)
{
	static const char *const words[KINDS] = {
		[KIND_MUTE] = "A program sends packets that it makes by hand",
		[KIND_NARROW] = "A program has a packet socket of one protocol",
		[KIND_WIDE] = "A program hears all that passes an interface",
		[KIND_TRANSPORT] = "A program hears or makes TCP or UDP by hand",
		[KIND_FAMILY] = "A program's socket carries data past those of the Internet",
		[KIND_UNCOUNTED] = "What a program sends by this socket is in no flow",
		[KIND_RAW] = "A program sends an IP protocol that hosts do not speak",
	};

	if (action == NW_FINDING_CLOSED) {
		return "It is gone, or sent nothing more for five minutes";
	}
	if (s->kind != KIND_RAW && s->outside && score_doing(s) >= NW_ALERT_SCORE) {
		return "A program that hears other hosts' packets sends to the outside";
	}
	return words[s->kind];
}

static void tell(struct covert_socket *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, uint8_t score, enum nw_finding_action action)
{
	const struct seen *s = &me->seen[i];
	bool is_inet = s->family == AF_INET || s->family == AF_INET6;
	const char *family = is_inet ? "raw" : nw_family_name(s->family);
	bool hears = s->kind == KIND_WIDE || s->kind == KIND_TRANSPORT;
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
		.severity = score >= 70		      ? 4
			    : score >= NW_ALERT_SCORE ? 3
						      : 2,
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
	struct seen *s = &me->seen[i];
	uint64_t now = nw_state_now_ns(st);
	enum nw_finding_action action;
	uint8_t score =
		s->kind == KIND_RAW ? score_raw(s) : NW_MAX(score_having(s), score_doing(s));

	nw_lru_touch(&me->cases.lru, i);
	k->last_ns = now;
	if (score < TOLD_LEAST || (k->is_open && score <= k->score && s->kind != KIND_RAW)) {
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

static void on_covert(struct covert_socket *me, const struct nw_state *st,
		      const struct nw_emit *emit, const struct nw_covert *c)
{
	const struct nw_proc *p = c ? c->owner : NULL;
	struct nw_case_key key = { .len = 0 };
	struct seen *s;
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
		*s = (struct seen){ .hour_ns = nw_state_now_ns(st) };
	}
	if (is_new || s->inode != c->inode || s->kind < kind_of(c)) {
		s->inode = c->inode;
		s->owner = p->id;
		s->family = c->family;
		s->proto = c->proto;
		s->is_found = c->is_found;
		s->kind = (uint8_t)kind_of(c);
		s->who = (uint8_t)nw_holder_of(st, p, &s->is_scripted);
		me->cases.item[i].proc = p->id;
		if (s->kind == KIND_WIDE || s->kind == KIND_TRANSPORT) {
			watch(me, i);
		}
	}
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
		count(&me->seen[i], nw_state_now_ns(st), m->tx_bytes, 0);
		judge(me, st, emit, i);
	}
}

/* Can what this flow carries come from the process? */
static bool carries(const struct nw_flow *f, const struct nw_proc_id *id)
{
	if ((f->owner && nw_proc_is(&f->owner->id, id)) ||
	    (f->sender && nw_proc_is(&f->sender->id, id))) {
		return true;
	}
	for (unsigned k = 0; f->chain && k < f->chain->len; k++) {
		if (nw_proc_is(&f->chain->link[k].proc->id, id)) {
			return true;
		}
	}
	return false;
}

static void on_outside(struct covert_socket *me, const struct nw_state *st,
		       const struct nw_emit *emit, const struct nw_moved *m)
{
	for (uint32_t k = 0; k < NW_MIN(me->owners, (uint32_t)OWNERS); k++) {
		uint32_t i = me->owner[k];

		/* its place may be another's by now */
		if ((me->seen[i].kind == KIND_WIDE || me->seen[i].kind == KIND_TRANSPORT) &&
		    carries(m->flow, &me->seen[i].owner) && nw_dest_is_foreign(st, m->flow)) {
			me->cases.item[i].cookie = m->flow->cookie;
			me->cases.item[i].slot = m->flow->slot;
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
	struct seen *s;
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
		*s = (struct seen){ .hour_ns = nw_state_now_ns(st),
				    .owner = p->id,
				    .proto = f->proto,
				    .family = AF_INET,
				    .kind = KIND_RAW,
				    .is_found = p->is_found,
				    .is_outside = nw_dest_is_foreign(st, f) };
		s->who = (uint8_t)nw_holder_of(st, p, &s->is_scripted);
	}
	me->cases.item[i].proc = p->id;
	me->cases.item[i].cookie = f->cookie;
	me->cases.item[i].slot = f->slot;
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
	if (!m->tx_bytes || (f->flags & (NW_SOCK_FORWARDED | NW_SOCK_LOOPBACK))) {
		return;
	}
	if (!is_usual(f->proto)) {
		on_raw(me, st, emit, m);
	}
	if (me->owners && !f->is_inside) {
		on_outside(me, st, emit, m);
	}
}

/* What is still open is not over, however quiet it is. */
static void on_tick(struct covert_socket *me, const struct nw_state *st, const struct nw_emit *emit)
{
	uint64_t now = nw_state_now_ns(st);
	uint32_t i;

	while ((i = nw_cases_quiet(&me->cases, now, QUIET_NS)) != NW_CASE_NONE) {
		if (me->seen[i].inode && nw_covert_find(st, me->seen[i].inode)) {
			nw_lru_touch(&me->cases.lru, i);
			me->cases.item[i].last_ns = now;
			continue;
		}
		if (me->cases.item[i].is_open) {
			tell(me, st, emit, i, me->cases.item[i].score, NW_FINDING_CLOSED);
		}
		me->seen[i].kind = KIND_MUTE;
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
	.on_event = covert_socket_on_event,
};
