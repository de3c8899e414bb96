/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reverse-shell: a shell is spoken to over the network. Directly, when its stdin is the socket; or
 * through who holds the other end of its terminal or pipes, when that one has the socket. A shell is
 * known by its file, or by what it does: it runs others that have the same stdin and stdout. Who
 * began the connection decides: from here to outside is what no log-in does; what came in is held
 * against the listeners. Source: docs/indicators.md.
 */
#include <string.h>

#include "contact.h"
#include "indicators/indicator.h"
#include "orders.h"
#include "shell_ends.h"

#define SUSPECTS   64
#define CASES	   256
#define QUIET_NS   (300 * NW_NSEC_PER_SEC)
#define LOOK_NS	   (30 * NW_NSEC_PER_SEC) /* so long the far end of a shell is looked for */
#define GRACE_NS   (2 * NW_NSEC_PER_SEC)  /* a helper's other flows, among them who logged in */
#define LOOKS_TICK 4
#define SWEEP_TICK 128 /* flows */
#define JUDGED	   1   /* from then on with each of its events */

struct reverse_shell {
	struct nw_cases cases;
	struct nw_suspect suspect[SUSPECTS];
	struct nw_shell_ends ends;
	const struct nw_flow *swept; /* flows that were there before a helper was known */
	bool is_sweeping;
	uint32_t next_suspect, looked;
	struct nw_orders orders;
	uint32_t suspects; /* so far: nothing is searched before the first */
};

/* ---- telling -------------------------------------------------------------------------------- */

static const struct nw_finding like = {
	.rule_id = "reverse-shell",
	.rule_name = "A shell is spoken to over the network",
	.question = "back door",
	.reason = "Nothing more was said for five minutes; who is silent may still be there",
	.known_ways_to_be_wrong =
		"an administrator's own tool that connects out and opens a shell; a log-in service "
		"that was started later, listens on a high port and is not declared",
	.severity = 4,
	.confidence = 90,
	.technique = { "T1059.004" },
};

static void raise(struct reverse_shell *me, const struct nw_state *st, const struct nw_emit *emit,
		  const struct nw_suspect *s, const struct nw_contact *far, uint8_t score,
		  const struct nw_proc *helper)
{
	static const char *const ways[] = { "none",   "socket", "terminal",
					    "filter", "pipes",	"orders" };
	static const char *const knowns[] = { "file", "name", "deed" };
	uint16_t port = far->is_outbound ? far->rport : far->lport;
	const struct nw_proc *p = nw_proc_find(st, &s->proc);
	const char *direction = far->is_outbound ? "outbound" : "inbound";
	const struct nw_evidence evidence[] = {
		{ .key = "way", .text = ways[s->way] },
		{ .key = "shell_known_by", .text = knowns[s->known] },
		{ .key = "direction", .text = direction },
		{ .key = "peer", .text = nw_contact_where(far) },
		{ .key = "port", .number = port },
		{ .key = "protocol", .text = far->protocol ? far->protocol : "unknown" },
		{ .key = "through", .text = helper ? helper->exe : "itself" },
	};
	const struct nw_flow *flow = nw_flow_find(st, far->cookie, far->slot);
	const struct nw_allowed *allowed = flow ? nw_policy_allowed(st, flow) : NULL;
	struct nw_case_key key = { .len = 0 };
	struct nw_finding f = like;
	bool is_new;
	uint32_t i;

	if (!score || (allowed && allowed->program)) {
		return;
	}
	nw_case_key_program(&key, p);
	nw_case_key_addr(&key, far->raddr);
	nw_case_key_u64(&key, port);
	i = nw_cases_get(&me->cases, key.text, &is_new);
	me->cases.item[i].proc = s->proc;
	me->cases.item[i].far = nw_contact_far_end(far);
	if (!nw_cases_seen(&me->cases, i, nw_state_now_ns(st), score, &f.action)) {
		return;
	}
	f.reason =
		s->way == NW_WAY_IN_ORDERS
			? "What comes by a connection that this host began is done by shells, one after the other"
		: far->is_outbound ? "A shell's input comes by a connection that this host began"
				   : "A shell's input comes by an undeclared listener";
	f.score = score;
	f.severity = score >= NW_ALERT_SCORE ? 5 : 2;
	f.confidence = s->known == NW_KNOWN_FILE ? 95 : 80;
	memcpy(f.evidence, evidence, sizeof(evidence));
	f.evidence_len = NW_ARRAY_SIZE(evidence);
	nw_case_fill(&me->cases.item[i], st, &f);
	emit->finding(emit->ctx, &f);
}

/* ---- shells --------------------------------------------------------------------------------- */

static struct nw_suspect *suspect_of(struct reverse_shell *me, const struct nw_proc_id *id)
{
	for (unsigned i = 0; i < SUSPECTS && me->suspects; i++) {
		if (nw_proc_id_is_same(&me->suspect[i].proc, id)) {
			return &me->suspect[i];
		}
	}
	return NULL;
}

static struct nw_suspect *suspect(struct reverse_shell *me, const struct nw_proc *p,
				  enum nw_way_in way, enum nw_known known, uint64_t cookie,
				  uint64_t now)
{
	struct nw_suspect *s = suspect_of(me, &p->id);

	if (!s) {
		s = &me->suspect[me->next_suspect++ % SUSPECTS];
		me->suspects++;
	}
	*s = (struct nw_suspect){ .proc = p->id,
				  .since_ns = now,
				  .cookie = cookie,
				  .way = (uint8_t)way,
				  .known = (uint8_t)known };
	return s;
}

/* It may have had its first word already. */
static void judge_socket(struct reverse_shell *me, const struct nw_state *st,
			 const struct nw_emit *emit, const struct nw_suspect *s,
			 const struct nw_contact *far)
{
	raise(me, st, emit, s, far,
	      far->is_outbound ? nw_shell_score_out(s, far, 1) : nw_shell_score_in(st, s, far),
	      NULL);
}

/* ---- who is at their other end -------------------------------------------------------------- */

static void look(struct reverse_shell *me, const struct nw_state *st, unsigned n)
{
	while (n-- && me->suspects) {
		const struct nw_suspect *s = &me->suspect[me->looked++ % SUSPECTS];

		if (s->proc.tgid && s->way != NW_WAY_IN_SOCKET &&
		    nw_state_now_ns(st) < s->since_ns + LOOK_NS) {
			if (nw_shell_ends_look(&me->ends, st, s)) {
				me->is_sweeping = true;
				me->swept = NULL;
			}
		}
	}
}

/* ---- events --------------------------------------------------------------------------------- */

/* The connection is there already, most often. */
static void judge_now(struct reverse_shell *me, const struct nw_state *st,
		      const struct nw_emit *emit, const struct nw_suspect *s)
{
	const struct nw_flow *f = s && s->cookie ? nw_flow_find(st, s->cookie, NW_SLOT_NONE) : NULL;

	if (f && f->rport) {
		const struct nw_contact far = nw_contact_of_flow(f);

		judge_socket(me, st, emit, s, &far);
	}
}

/* A shell, or what runs others on its own stdin and stdout as one does, whatever file it is. */
static struct nw_suspect *consider(struct reverse_shell *me, const struct nw_state *st,
				   const struct nw_proc *p, enum nw_known known, uint64_t now)
{
	const struct nw_proc *parent = nw_proc_find(st, &p->parent_id);
	enum nw_way_in way = nw_proc_way_in(st, p);
	uint32_t bits = p->program;

	if (way == NW_WAY_IN_NONE || suspect_of(me, &p->id) ||
	    (nw_proc_shares(p, parent, 0) && suspect_of(me, &parent->id))) {
		return NULL; /* what a suspect runs is the suspect's */
	}
	if (known == NW_KNOWN_DEED && way == NW_WAY_IN_SOCKET &&
	    nw_proc_stdio(p, 1) != NW_STDIO_INET) {
		return NULL; /* timeout with head, reading an answer: who is spoken to by one answers it */
	}
	if (known != NW_KNOWN_DEED) {
		known = bits & NW_PROGRAM_BY_NAME ? NW_KNOWN_NAME : NW_KNOWN_FILE;
		bits &= NW_PROGRAM_SHELL | (way == NW_WAY_IN_SOCKET ? NW_PROGRAM_INTERPRETER : 0U);
		if (!bits) {
			return NULL;
		}
	}
	return suspect(me, p, way, known, way == NW_WAY_IN_SOCKET ? p->stdio_id[0] : 0, now);
}

static void on_exec(struct reverse_shell *me, const struct nw_state *st, const struct nw_emit *emit,
		    const struct nw_ev_proc *e)
{
	const struct nw_proc *p = nw_proc_find(st, &e->self);
	const struct nw_proc *parent = nw_proc_find(st, &e->parent);
	struct nw_suspect *s = suspect_of(me, &e->self);

	if (s) { /* it became another program */
		s->proc.tgid = 0;
	}
	s = p ? consider(me, st, p, NW_KNOWN_FILE, e->ev.ts_ns) : NULL;
	if (p && !s && nw_proc_shares(p, parent, 0) && nw_proc_shares(p, parent, 1)) {
		s = consider(me, st, parent, NW_KNOWN_DEED, e->ev.ts_ns);
	}
	if (p && !s && parent && nw_proc_stdio(p, 1) == NW_STDIO_INET &&
	    nw_proc_stdio(p, 2) == NW_STDIO_INET && p->stdio_id[1] == p->stdio_id[2] &&
	    (parent->program & NW_PROGRAM_SHELL) && !suspect_of(me, &parent->id)) {
		/* its own stdin is elsewhere, but all that its children say goes there */
		s = suspect(me, parent, NW_WAY_IN_SOCKET, NW_KNOWN_DEED, p->stdio_id[1],
			    e->ev.ts_ns);
	}
	judge_now(me, st, emit, s);
	if (p) {
		nw_orders_exec(&me->orders, st, p, e->ev.ts_ns);
	}
}

/* The shells are gone: whose they were is the subject. */
static void on_order(struct reverse_shell *me, const struct nw_state *st,
		     const struct nw_emit *emit, const struct nw_moved *m)
{
	const struct nw_suspect s = { .proc = m->flow->owner->id,
				      .way = NW_WAY_IN_ORDERS,
				      .known = NW_KNOWN_FILE };
	const struct nw_contact far = nw_contact_of_flow(m->flow);

	raise(me, st, emit, &s, &far, nw_shell_score_out(&s, &far, 1), m->flow->owner);
}

/* What has its stdin from later than its exec, or from before the start. */
static void on_fd(struct reverse_shell *me, const struct nw_state *st, const struct nw_emit *emit,
		  const struct nw_ev_fd *e)
{
	const struct nw_proc *p = e->fd == 1 ? nw_proc_find(st, &e->self) : NULL;

	if (e->ev.what == NW_FD_END) {
		look(me, st, SUSPECTS);
	} else if (p) {
		judge_now(me, st, emit, consider(me, st, p, NW_KNOWN_FILE, e->ev.ts_ns));
	}
}

static void judge_helper(struct reverse_shell *me, const struct nw_state *st,
			 const struct nw_emit *emit, struct nw_shell_end *h)
{
	struct nw_shell_end *other = nw_shell_ends_other(&me->ends, h);
	bool is_in_a_terminal;
	const struct nw_proc *p;
	uint8_t score;

	if (h->end != NW_SHELL_END_BOTH && !other) {
		return; /* who only hears a shell, or only tells it something: a pipeline */
	}
	h = h->end == NW_SHELL_END_TOLD ? other : h;
	p = nw_proc_find(st, &h->proc);
	is_in_a_terminal = p && nw_proc_stdio(p, 0) == NW_STDIO_PTY;
	if (h->in.cookie) {
		raise(me, st, emit, &h->shell, &h->in, nw_shell_score_in(st, &h->shell, &h->in), p);
	} else if (h->out.cookie) {
		score = nw_shell_score_out(&h->shell, &h->out, h->flows);
		if (is_in_a_terminal && h->out.is_inside && h->shell.way == NW_WAY_IN_TERMINAL) {
			score = 0; /* from terminal to terminal: who is there is in the first one */
		}
		raise(me, st, emit, &h->shell, &h->out, score, p);
	}
}

static void on_helper_flow(struct reverse_shell *me, const struct nw_state *st,
			   const struct nw_emit *emit, struct nw_shell_end *h,
			   const struct nw_contact *far)
{
	if (far->is_outbound) {
		h->flows += h->out.cookie != far->cookie && h->flows < UINT8_MAX;
		/* the one that is spoken over is that which was there when the shell began */
		if (!h->out.cookie || far->birth_ns <= h->shell.since_ns) {
			h->out = *far;
		}
	} else if (!h->in.cookie &&
		   (far->birth_ns <= h->shell.since_ns || h->shell.way == NW_WAY_IN_FILTER)) {
		h->in = *far; /* a pipeline in a circle waits for whoever comes */
	}
	if (!h->due_ns) {
		h->due_ns = nw_state_now_ns(st) + GRACE_NS;
	} else if (nw_state_now_ns(st) >= h->due_ns) {
		judge_helper(me, st, emit, h);
	}
}

static void on_party(struct reverse_shell *me, const struct nw_state *st,
		     const struct nw_emit *emit, const struct nw_proc_id *id,
		     const struct nw_contact *far)
{
	struct nw_shell_end *h = id->tgid ? nw_shell_ends_find(&me->ends, id) : NULL;

	if (h) {
		on_helper_flow(me, st, emit, h, far);
	}
}

/* Each of those who had it, once. */
static void on_flow(struct reverse_shell *me, const struct nw_state *st, const struct nw_emit *emit,
		    const struct nw_flow *f)
{
	const struct nw_contact far = nw_contact_of_flow(f);

	if (f->owner) {
		on_party(me, st, emit, &f->owner->id, &far);
	}
	for (unsigned i = 0; i < f->roles; i++) {
		if (f->role[i].proc != f->owner) {
			on_party(me, st, emit, &f->role[i].proc->id, &far);
		}
	}
}

static void on_sock(struct reverse_shell *me, const struct nw_state *st, const struct nw_emit *emit,
		    const struct nw_ev_sock *e)
{
	const struct nw_flow *f;
	struct nw_contact far;

	if (me->orders.count &&
	    nw_orders_moved(&me->orders, nw_state_moved(st), nw_state_now_ns(st))) {
		on_order(me, st, emit, nw_state_moved(st));
	}
	if (!me->suspects || e->family >= NW_FAMILY_OTHER || !e->rport_be ||
	    (e->ev.what != NW_SOCK_BIN && e->ev.what != NW_SOCK_CLOSE)) {
		return;
	}
	f = nw_flow_find(st, e->cookie, e->slot);
	far = nw_contact_of_event(st, e);
	for (unsigned i = 0; i < SUSPECTS; i++) {
		if (e->cookie && me->suspect[i].cookie == e->cookie && me->suspect[i].proc.tgid) {
			judge_socket(me, st, emit, &me->suspect[i], &far);
		}
	}
	if (me->ends.count && f) {
		on_flow(me, st, emit, f);
	} else if (me->ends.count) {
		on_party(me, st, emit, &e->owner, &far);
	}
}

static void sweep(struct reverse_shell *me, const struct nw_state *st, const struct nw_emit *emit)
{
	for (unsigned n = 0; me->is_sweeping && n < SWEEP_TICK; n++) {
		me->swept = nw_flow_next(st, me->swept);
		me->is_sweeping = me->swept;
		if (me->swept && me->swept->rport) {
			on_flow(me, st, emit, me->swept);
		}
	}
}

static void on_tick(struct reverse_shell *me, const struct nw_state *st, const struct nw_emit *emit)
{
	look(me, st, LOOKS_TICK);
	sweep(me, st, emit);
	for (unsigned i = 0; i < NW_SHELL_ENDS && me->ends.count; i++) {
		struct nw_shell_end *h = &me->ends.item[i];

		if (h->due_ns > JUDGED && nw_state_now_ns(st) >= h->due_ns) {
			judge_helper(me, st, emit, h);
			h->due_ns = JUDGED;
		}
	}
	nw_cases_close(&me->cases, st, QUIET_NS, &like, emit->finding, emit->ctx);
}

static void reverse_shell_on_event(void *self, const struct nw_state *state,
				   const struct nw_event *ev, const struct nw_emit *emit)
{
	switch (ev->shape) {
	case NW_SHAPE_PROC:
		if (ev->what == NW_PROC_EXEC) {
			on_exec(self, state, emit, nw_event_proc(ev));
		}
		break;
	case NW_SHAPE_SOCK:
		on_sock(self, state, emit, nw_event_sock(ev));
		break;
	case NW_SHAPE_FD:
		on_fd(self, state, emit, nw_event_fd(ev));
		break;
	case NW_SHAPE_TICK:
		on_tick(self, state, emit);
		break;
	default:
		break;
	}
}

static int reverse_shell_init(void *self, const struct nw_config *config)
{
	struct reverse_shell *me = self;

	(void)config;
	return nw_cases_init(&me->cases, CASES);
}

static void reverse_shell_fini(void *self)
{
	struct reverse_shell *me = self;

	nw_cases_free(&me->cases);
}

const struct nw_indicator nw_indicator_reverse_shell = {
	.id = "reverse-shell",
	.doc = "a shell is spoken to over the network, directly or through who holds its terminal or pipes",
	.self_size = sizeof(struct reverse_shell),
	.init = reverse_shell_init,
	.fini = reverse_shell_fini,
	.sees = NW_SEES(PROC) | NW_SEES(SOCK) | NW_SEES(FD) | NW_SEES(TICK),
	.on_event = reverse_shell_on_event,
};
