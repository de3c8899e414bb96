/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encrypted-dns: a program asks names where nobody here can read them: DNS over TLS or QUIC by ALPN
 * or port, DNS over HTTPS by whose service it is, by its name, or by what follows: a program that
 * says names of servers that nobody on this host asked for, right after an exchange over TLS with
 * one and the same end or simply often; exchanges in the form of questions; a resolver of this host
 * whose questions come in readable and go out over TLS. Source: docs/indicators.md.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dest.h"
#include "dns_wire.h"
#include "doh.h"
#include "indicators/indicator.h"
#include "led.h"
#include "rule.h"
#include "state/flow_names.h"
#include "stub.h"

#define CASES	      512
#define PROGRAMS      512
#define QUIET_NS      (3600 * NW_NSEC_PER_SEC)
#define UNASKED	      5	 /* different names */
#define UNASKED_TIMES 4	 /* as many connections as to names that were asked for */
#define PASSED_ON     50 /* score of who asks for others, whose questions were seen */
#define HIDDEN_NS     (600 * NW_NSEC_PER_SEC)
#define LEARN_NS      (600 * NW_NSEC_PER_SEC) /* what was asked before the start is still used */

#define LED	2			 /* names that one end led to */
#define LATE_NS (200 * NW_NSEC_PER_MSEC) /* what was measured first may be as old */

#define NOBODY             \
	{                  \
		.count = 0 \
	}

struct program {
	uint64_t name[UNASKED]; /* hashes of those that nobody asked for */
	uint64_t flow[16];	/* counted last */
	uint32_t names, flows;
	uint32_t asked, unasked; /* connections */
	struct nw_led led;
	const struct nw_led_end *by; /* in it: who led to most */
	struct nw_stub stub;	     /* as a resolver of this host */
	struct nw_doh_asked form;
};

struct encrypted_dns {
	struct nw_cases cases;
	struct nw_cases programs;
	struct program *program;
	uint64_t from_ns;
	bool is_plain; /* somebody who can't be asked unseen asked readably: programs here do */
	uint64_t hidden_ns; /* last time that somebody who can be asked unseen asked over TLS */
};

struct sign {
	const char *how; /* "dot", "doq", "doh" */
	const char *why;
	uint8_t score;
	uint8_t confidence;
	struct nw_asker asker; /* count 0: the program itself, as far as known */
};

static int encrypted_dns_init(void *self, const struct nw_config *config)
{
	struct encrypted_dns *e = self;

	(void)config;
	e->program = calloc(PROGRAMS, sizeof(*e->program));
	if (!e->program || nw_cases_init(&e->cases, CASES) < 0) {
		return -ENOMEM;
	}
	return nw_cases_init(&e->programs, PROGRAMS);
}

static void encrypted_dns_fini(void *self)
{
	struct encrypted_dns *e = self;

	free(e->program);
	nw_cases_free(&e->cases);
	nw_cases_free(&e->programs);
}

/* ---- signs of one flow ---------------------------------------------------------------------- */

static bool is_contact(const struct nw_flow *f)
{
	return f && f->is_outbound && !f->is_inside && !nw_flow_stays_here(f) &&
	       !(f->flags & NW_SOCK_FORWARDED);
}

static bool look(const struct nw_state *st, const struct nw_flow *f, struct sign *ret)
{
	const struct nw_said *said = f->said;
	bool is_tcp = f->proto == IPPROTO_TCP;
	const char *service;
	const char *how = is_tcp ? "dot" : "doq";

	if (nw_said_speaks(said, how)) {
		*ret = (struct sign){ how, "alpn", 60, 95, NOBODY };
		return true;
	}
	if (f->rport == NW_PORT_DOT) {
		bool is_content = said && said->basis == NW_BASIS_CONTENT;

		*ret = (struct sign){ how, "port", is_content ? 55 : 40, is_content ? 80 : 40,
				      NOBODY };
		return true;
	}
	if (!said || said->basis != NW_BASIS_CONTENT) {
		return false;
	}
	service = nw_dest_service(st, f);
	if (service && strcmp(service, "resolver") == 0) {
		*ret = (struct sign){ "doh", "known resolver", 55, 80, NOBODY };
		return true;
	}
	if (!nw_said_speaks(said, "h2") && !nw_said_speaks(said, "h3")) {
		return false;
	}
	if (nw_dest_is_called_resolver(nw_said_find(said, NW_ATTR_TLS_SERVER_NAME)) ||
	    nw_doh_has_certificate(said)) {
		*ret = (struct sign){ "doh", "name", 45, 50, NOBODY };
		return true;
	}
	return false;
}

/* ---- telling -------------------------------------------------------------------------------- */

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct sign *s, const struct program *p, const char *to,
		 enum nw_finding_action action)
{
	const struct nw_asker *asker = &s->asker;
	const struct nw_proc *asks = asker->count ? nw_proc_find(st, &asker->id) : NULL;
	struct nw_finding f = {
		.rule_id = "encrypted-dns",
		.rule_name = "Names are asked where nobody can read them",
		.question = "back door",
		.reason =
			action == NW_FINDING_CLOSED ? "Not seen for an hour"
			: p ? "A program reaches servers by names that nobody here asked for"
			: asker->count
				? "A resolver of this host passes questions on over an encrypted connection"
				: "A program asks an undeclared resolver over an encrypted connection",
		.known_ways_to_be_wrong =
			"browsers and phones do so by themselves; a name in a certificate or SNI "
			"proves no resolver; names can come from a file, or from before the start",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = s->score >= NW_ALERT_SCORE ? 3 : 2,
		.score = s->score,
		.confidence = s->confidence,
		.technique = { "T1071.004", "T1572" },
		.evidence = { { .key = "how", .text = s->how },
			      { .key = "seen_by", .text = s->why },
			      { .key = "connections", .number = p ? p->unasked : k->count },
			      { .key = "to", .text = to } },
		.evidence_len = to ? 4 : 3,
	};

	if (p) {
		f.evidence[3] =
			(struct nw_evidence){ .key = "names_asked_for", .number = p->asked };
		f.evidence_len = 4;
		nw_finding_text(&f, "led_by", p->by ? p->by->what : NULL);
		nw_finding_u64(&f, "led_to", p->by ? p->by->led : 0);
	}
	if (asks) {
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "asker_last", .text = asks->name };
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "asker_by",
					      .text = nw_asker_how_name(asker->how) };
	}
	nw_dest_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

static void raise(struct encrypted_dns *e, const struct nw_state *st, const struct nw_flow *f,
		  const struct sign *s, const struct program *p, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	uint64_t now = nw_state_now_ns(st);
	const char *name = f->name[0] ? f->name
			   : f->said  ? nw_said_find(f->said, NW_ATTR_TLS_SERVER_NAME)
				      : NULL;
	enum nw_finding_action action;
	char group[NW_DEST_MAX];
	struct nw_case *k;
	bool is_new;
	uint32_t i;

	nw_dest_group(st, f, group);
	nw_case_key_text(&key, p ? "unasked" : s->how);
	if (!p) {
		nw_case_key_text(&key, group);
	}
	nw_case_key_program(&key, nw_dest_proc(f));
	i = nw_cases_get(&e->cases, key.text, &is_new);
	k = &e->cases.item[i];
	if (!is_new && k->far.cookie == f->cookie && k->far.slot == f->slot &&
	    k->score >= s->score) {
		nw_lru_touch(&e->cases.lru, i); /* the same connection goes on */
		k->last_ns = now;
		return;
	}
	if (k->score < NW_ALERT_SCORE && s->score >= NW_ALERT_SCORE) {
		k->told_ns = 0; /* what becomes an alert is not kept back */
	}
	nw_dest_subject(k, f);
	if (nw_cases_seen(&e->cases, i, now, s->score, &action)) {
		tell(st, emit, k, s, p, name, action);
	}
}

/* ---- names that nobody asked for ------------------------------------------------------------ */

/* Once for each connection: bins of the few that go on at a time come again. */
static bool is_counted(struct program *p, const struct nw_flow *f)
{
	uint64_t flow = nw_hash_mix(f->cookie, f->slot);

	for (size_t i = 0; i < NW_ARRAY_SIZE(p->flow); i++) {
		if (p->flow[i] == flow) {
			return true;
		}
	}
	p->flow[p->flows++ % NW_ARRAY_SIZE(p->flow)] = flow;
	return false;
}

static void count_unasked(struct program *p, const char *server)
{
	uint64_t h = nw_dns_name_hash(server);

	p->unasked++;
	for (uint32_t i = 0; i < p->names; i++) {
		if (p->name[i] == h) {
			return;
		}
	}
	if (p->names < UNASKED) {
		p->name[p->names++] = h;
	}
}

static struct program *program_of(struct encrypted_dns *e, const struct nw_proc *proc)
{
	struct nw_case_key key = { .len = 0 };
	struct program *p;
	bool is_new;
	uint32_t i;

	nw_case_key_program(&key, proc);
	i = nw_cases_get(&e->programs, key.text, &is_new);
	nw_lru_touch(&e->programs.lru, i);
	p = &e->program[i];
	if (is_new) {
		*p = (struct program){ .flows = 0 };
	}
	return p;
}

static void weigh_names(struct encrypted_dns *e, const struct nw_state *st, const struct nw_flow *f,
			struct program *p, const struct nw_emit *emit)
{
	static const struct sign sign = { "unknown", "names", 50, 60, NOBODY };
	const char *server = nw_said_find(f->said, NW_ATTR_TLS_SERVER_NAME);

	if (!server || nw_state_now_ns(st) < e->from_ns + LEARN_NS ||
	    (e->hidden_ns && nw_state_now_ns(st) <= e->hidden_ns + HIDDEN_NS)) {
		return; /* the host's own resolver may have been asked, and nobody saw it */
	}
	if (is_counted(p, f)) {
		return;
	}
	if (f->name[0]) {
		p->asked++;
		return;
	}
	count_unasked(p, server);
	if (p->names == UNASKED && p->unasked >= UNASKED_TIMES * p->asked) {
		raise(e, st, f, &sign, p, emit);
	}
}

/* ---- who led there, and who asks for others --------------------------------------------------- */

static bool is_secure(const struct nw_flow *f)
{
	const char *word = f->said->protocol;

	return word && (strcmp(word, "tls") == 0 || strcmp(word, "quic") == 0);
}

/* Names of a process that ran before, or of a host whose programs ask unseen, can be from before. */
static bool can_tell_who_asked(const struct encrypted_dns *e, const struct nw_state *st,
			       const struct nw_flow *f)
{
	uint64_t now = nw_state_now_ns(st);

	return f->owner && !f->owner->is_found && !f->owner->is_unknown &&
	       (e->is_plain || now >= e->from_ns + LEARN_NS) &&
	       (!e->hidden_ns || now > e->hidden_ns + HIDDEN_NS);
}

/* A program goes where nobody asked to go, each time just after it spoke with the same end. */
static void weigh_led(struct encrypted_dns *e, const struct nw_state *st, const struct nw_moved *m,
		      struct program *p, bool is_undeclared, const struct nw_emit *emit)
{
	struct sign sign = { "doh", "what follows", 55, 65, NOBODY };
	const struct nw_flow *f = m->flow;
	struct nw_names_agreement a;
	char what[NW_DEST_MAX];
	struct nw_led_seen s;
	bool is_known;

	if (!can_tell_who_asked(e, st, f)) {
		return;
	}
	(void)nw_flow_names_agree(st, f, &a);
	is_known = nw_led_knows_asked(&p->led, &f->owner->id, e->is_plain)
			   ? nw_led_has_asked(&p->led, &f->owner->id, a.said)
			   : a.is_resolved || a.by_name == NW_NAMES_AGREE;
	nw_dest_exact(f, what);
	s = (struct nw_led_seen){
		.id = nw_led_id(f, a.said),
		.birth_ns = NW_MAX(f->birth_ns, f->first_ns - NW_MIN(f->first_ns, LATE_NS)),
		.from_ns = m->since_ns ? m->since_ns : f->first_ns - NW_MIN(f->first_ns, LATE_NS),
		.to_ns = nw_state_now_ns(st),
		.rx_bytes = m->rx_bytes,
		.can_lead = is_undeclared && is_secure(f) && (is_known || !a.said),
		.is_unasked = a.said && !is_known && !nw_said_find(f->said, NW_ATTR_TLS_ECH) &&
			      !nw_said_find(f->said, NW_ATTR_HTTP_PROXIED),
		.speaks_h2 = nw_said_speaks(f->said, "h2") || nw_said_speaks(f->said, "h3"),
		.what = a.said ? a.said : what,
	};
	p->by = nw_led_see(&p->led, &s);
	if (p->by && p->by->led < LED) { /* one name can be in a file */
		sign.score = p->by->speaks_h2 && p->by->times >= LED ? NW_ALERT_SCORE : 0;
		sign.confidence = 50;
	}
	if (p->by && sign.score) {
		raise(e, st, f, &sign, p, emit);
	}
}

/* Questions by their form, to one end that nobody asked for: answers that are printed lead nowhere. */
static void weigh_form(struct encrypted_dns *e, const struct nw_state *st, const struct nw_flow *f,
		       const struct nw_emit *emit)
{
	static const struct sign sign = { "doh", "form", NW_ALERT_SCORE, 50, NOBODY };
	uint64_t now = nw_state_now_ns(st);
	struct nw_names_agreement a;
	struct program *p;

	if (!is_contact(f) || !nw_doh_is_question(f, now) || !nw_dest_is_undeclared(st, f) ||
	    !can_tell_who_asked(e, st, f)) {
		return;
	}
	(void)nw_flow_names_agree(st, f, &a);
	if (a.is_resolved) {
		return;
	}
	p = program_of(e, f->owner);
	if (nw_doh_asks_again(&p->form, nw_led_id(f, NULL), now, QUIET_NS)) {
		raise(e, st, f, &sign, NULL, emit);
	}
}

/* A question that somebody here puts to a program comes in, or one goes out where it can be read. */
static void hear(struct encrypted_dns *e, const struct nw_state *st, const struct nw_ev_head *h)
{
	const struct nw_dns *dns = nw_state_dns(st);
	const struct nw_proc *proc = dns ? nw_proc_find(st, &h->owner) : NULL;
	struct program *p;

	if (!proc || dns->is_response || dns->opcode != NW_DNS_OPCODE_QUERY) {
		return;
	}
	p = program_of(e, proc);
	if (h->ev.what == NW_HEAD_RX) {
		nw_stub_heard(&p->stub, h->ev.ts_ns);
	} else {
		nw_stub_asks(&p->stub, nw_dns_text(dns, dns->question), h->ev.ts_ns);
		nw_led_ask(&p->led, &h->owner, nw_dns_text(dns, dns->question));
		e->is_plain = e->is_plain || !nw_asker_is_unseen(st, proc);
	}
}

/* Questions come in, none goes out, and each time something is fetched over TLS. */
static void weigh_passed(struct encrypted_dns *e, const struct nw_state *st,
			 const struct nw_moved *m, struct program *p, const struct nw_emit *emit)
{
	static const struct sign sign = { "doh", "questions that came in", PASSED_ON, 70, NOBODY };

	if (m->rx_bytes && is_secure(m->flow) &&
	    nw_stub_passes(&p->stub, m->flow, nw_state_now_ns(st))) {
		raise(e, st, m->flow, &sign, NULL, emit);
	}
}

/* A resolver of this host, whose questions were seen before it hid them, is no program's way past
 * it. Who is only connected to it does not say that: then it stays what it is. */
static void look_behind(struct encrypted_dns *e, const struct nw_state *st, const struct nw_flow *f,
			struct sign *s)
{
	if (f->owner && nw_asker_is_unseen(st, f->owner)) {
		e->hidden_ns = nw_state_now_ns(st);
	}
	if (nw_asker_of(st, f, &s->asker) && s->asker.how != NW_ASKER_CONNECTED) {
		s->score = NW_MIN(s->score, (uint8_t)PASSED_ON);
	}
}

static void follow(struct encrypted_dns *e, const struct nw_state *st, const struct nw_moved *m,
		   bool is_undeclared, const struct nw_emit *emit)
{
	struct program *p = program_of(e, nw_dest_proc(m->flow));

	if (is_undeclared && !nw_doh_is_other(m->flow)) {
		weigh_names(e, st, m->flow, p, emit);
		weigh_passed(e, st, m, p, emit);
	}
	weigh_led(e, st, m, p, is_undeclared, emit);
}

static void on_tick(struct encrypted_dns *e, const struct nw_state *st, uint64_t now,
		    const struct nw_emit *emit)
{
	uint32_t i = nw_cases_quiet(&e->cases, now, QUIET_NS);
	const struct nw_case *k = i == NW_CASE_NONE ? NULL : &e->cases.item[i];

	e->from_ns = e->from_ns ? e->from_ns : now;
	if (k) {
		const struct sign s = { "closed", "time", k->score, 50, NOBODY };

		tell(st, emit, k, &s, NULL, NULL, NW_FINDING_CLOSED);
		nw_cases_remove(&e->cases, i);
	}
}

static void encrypted_dns_on_event(void *self, const struct nw_state *state,
				   const struct nw_event *ev, const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);
	const struct nw_flow *f = m->flow;
	struct encrypted_dns *e = self;
	bool is_undeclared;
	struct sign sign;

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(e, state, ev->ts_ns, emit);
	} else if (ev->shape == NW_SHAPE_HEAD) {
		hear(e, state, nw_event_head(ev));
	}
	if (ev->shape == NW_SHAPE_SOCK && ev->what == NW_SOCK_CLOSE) {
		weigh_form(e, state, nw_flow_measured(state, nw_event_sock(ev)), emit);
	}
	if (!is_contact(f) || !(m->tx_bytes || m->rx_bytes)) {
		return;
	}
	is_undeclared = nw_dest_is_undeclared(state, f);
	if (is_undeclared && look(state, f, &sign)) {
		look_behind(e, state, f, &sign);
		raise(e, state, f, &sign, NULL, emit);
	}
	if (f->said && f->said->basis == NW_BASIS_CONTENT) {
		follow(e, state, m, is_undeclared, emit); /* to whom it was led may be declared */
	}
}

const struct nw_indicator nw_indicator_encrypted_dns = {
	.id = "encrypted-dns",
	.doc = "a program asks names over TLS, QUIC or HTTPS, past the site's resolver",
	.self_size = sizeof(struct encrypted_dns),
	.init = encrypted_dns_init,
	.fini = encrypted_dns_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(HEAD) | NW_SEES(TICK),
	.on_event = encrypted_dns_on_event,
};
