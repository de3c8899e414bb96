/* SPDX-License-Identifier: Apache-2.0 */
/*
 * persistence-change: somebody who has no business there writes where this host looks for what it
 * starts by itself, or whom it lets in. Who that is, is said by lineage and by what was done, never by
 * a name: the recorder and what it started, who has or had a connection to outside and what that one
 * started, a shell that a connection speaks to, a program without a file. Source: docs/indicators.md.
 */
#include <string.h>

#include "contact.h"
#include "holder.h"
#include "indicators/indicator.h"
#include "reach.h"
#include "state/reader.h"

#define CASES	  256
#define ANCESTORS 8
#define INIT_PID  1
#define QUIET_NS  (600 * NW_NSEC_PER_SEC)
#define LINEAGE	  256
#define FED_STEPS 3 /* of a pipeline */

#define SCORE_MEMORY	 90
#define SCORE_SHELL	 90
#define SCORE_RECORDER	 75
#define SCORE_MAKER	 75 /* who was in contact with a maker's service */
#define SCORE_CONTACT	 70
#define SCORE_SCRIPT	 60 /* whose script fetched something from outside before */
#define SCORE_SERVED	 50 /* a server that is there for that, asked from outside, started it */
#define SCORE_PACKAGES	 45 /* ... and which puts packages on this host */
#define SCORE_SERVICE	 45 /* a service of the system that fetches its orders from outside */
#define SCORE_TERMINAL	 40
#define SCORE_NO_CONTENT 40

enum known {
	KNOWN_NOTHING,
	KNOWN_CONTACT,
	KNOWN_RECORDER,
	KNOWN_SHELL,
	KNOWN_MEMORY,
};

struct persistence_change {
	struct nw_cases cases;
	struct nw_reaches reaches;
	char lineage[LINEAGE];
};

/* ---- who it is ------------------------------------------------------------------------------- */

struct who {
	enum known known;
	const char *by;
	const struct nw_reach *reach; /* or NULL */
	bool has_terminal;
	uint8_t score;
};

/* Its stdin is a connection that nobody provided for. */
static bool is_spoken_to(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_flow *f;
	struct nw_contact far;

	if (nw_proc_stdio(p, 0) != NW_STDIO_INET) {
		return false;
	}
	f = nw_flow_find(st, p->stdio_id[0], NW_SLOT_NONE);
	if (!f) {
		return p->program & (NW_PROGRAM_SHELL | NW_PROGRAM_INTERPRETER);
	}
	far = nw_contact_of_flow(f);
	return far.is_outbound || !nw_contact_is_expected(st, &far, true);
}

/* What it reads comes from one who has contact: curl … | sh, curl … | base64 -d | tee */
static const struct nw_reach *fed_by(struct persistence_change *me, const struct nw_state *st,
				     const struct nw_proc *p, unsigned steps)
{
	const struct nw_proc *q;
	const struct nw_reach *r;
	uint32_t at = 0;

	if (nw_proc_stdio(p, 0) != NW_STDIO_PIPE) {
		return NULL;
	}
	while ((q = nw_proc_stdio_far(st, p, 0, &at))) {
		r = nw_reach_find(&me->reaches, &q->id);
		r = r && r->by >= NW_REACH_CHILD ? r
						 : NULL; /* an sshd that was asked says nothing */
		r = !r && steps > 1 ? fed_by(me, st, q, steps - 1) : r;
		if (r) {
			return r;
		}
	}
	return NULL;
}

static void learn(struct who *w, enum known known, const char *by, uint8_t score)
{
	if (score > w->score) {
		w->known = known;
		w->by = by;
		w->score = score;
	}
}

static bool is_for_packages(const struct nw_proc *p)
{
	return (p->program & (NW_PROGRAM_PACKAGES | NW_PROGRAM_BY_NAME)) == NW_PROGRAM_PACKAGES;
}

static uint8_t score_of(const struct nw_proc *p, const struct nw_reach *r)
{
	switch (r->by) {
	case NW_REACH_ASKED:
		return SCORE_CONTACT;
	case NW_REACH_SCRIPT:
	case NW_REACH_BESIDE:
		return r->is_maker	    ? SCORE_MAKER
		       : is_for_packages(p) ? SCORE_PACKAGES
					    : SCORE_SCRIPT;
	default:
		return r->is_maker ? SCORE_MAKER : r->is_service ? SCORE_SERVICE : SCORE_CONTACT;
	}
}

static void learn_reach(struct who *w, const struct nw_proc *p, const struct nw_reach *r,
			const char *by)
{
	uint8_t score = score_of(p, r);

	if (score > w->score || !w->reach) {
		w->reach = r;
	}
	learn(w, KNOWN_CONTACT, by, score);
}

static const char *own_words(enum nw_reach_by by)
{
	return by == NW_REACH_ASKED   ? "asked from outside"
	       : by == NW_REACH_CHILD ? "fed by its child, who had contact"
				      : "its script fetched something from outside";
}

static void consider(struct persistence_change *me, const struct nw_state *st, struct who *w,
		     const struct nw_proc *a, bool is_self)
{
	const struct nw_reach *r = nw_reach_find(&me->reaches, &a->id);

	w->has_terminal = w->has_terminal || nw_proc_has_terminal(a);
	if (a->flags & (NW_PROC_MEMFD | NW_PROC_DELETED)) {
		learn(w, KNOWN_MEMORY, a->flags & NW_PROC_MEMFD ? "memory" : "deleted program",
		      SCORE_MEMORY);
	}
	if (is_spoken_to(st, a)) {
		learn(w, KNOWN_SHELL, "spoken to over a connection", SCORE_SHELL);
	}
	if (nw_rec_is_recorder(st, a)) {
		learn(w, KNOWN_RECORDER, is_self ? "recorder" : "started by the recorder",
		      SCORE_RECORDER);
	}
	if (r && r->by >= NW_REACH_START) {
		learn_reach(w, a, r,
			    is_self && r->by == NW_REACH_OWN ? "contact"
							     : "started by who had contact");
	} else if (r && is_self) { /* what it starts has nothing of that: apt's dpkg */
		learn_reach(w, a, r, own_words(r->by));
	} else if (r && r->by == NW_REACH_ASKED && r->is_server) {
		w->reach = w->reach ? w->reach : r;
		learn(w, KNOWN_CONTACT, "started by who was asked from outside", SCORE_SERVED);
	}
	r = r && r->by >= NW_REACH_CHILD ? NULL : fed_by(me, st, a, FED_STEPS);
	if (r) {
		learn_reach(w, a, r, "fed by who had contact");
	}
}

static size_t add_name(char *to, size_t at, const char *name)
{
	if (at && at + 3 < LINEAGE) {
		memcpy(to + at, " < ", 3);
		at += 3;
	}
	while (*name && at + 1 < LINEAGE) {
		to[at++] = *name++;
	}
	to[at] = '\0';
	return at;
}

static struct who who_is(struct persistence_change *me, const struct nw_state *st,
			 const struct nw_proc *p)
{
	struct who w = { .known = KNOWN_NOTHING };
	const struct nw_proc *a = p;
	size_t at = 0;

	for (unsigned i = 0; i < ANCESTORS && a && a->id.tgid != INIT_PID; i++) {
		consider(me, st, &w, a, i == 0);
		at = add_name(me->lineage, at, a->name);
		a = nw_proc_find(st, &a->parent_id);
	}
	if (nw_recorder_of(st, p)) {
		learn(&w, KNOWN_RECORDER, nw_recorder_basis_name(nw_recorder_of(st, p)),
		      SCORE_RECORDER);
	} else if (!w.has_terminal && nw_reader_of(st, p)) {
		learn(&w, KNOWN_RECORDER, "reads cameras", SCORE_RECORDER);
	}
	/* somebody sits there; who has copied recordings from a shell is no recorder */
	if (w.has_terminal &&
	    (w.known == KNOWN_CONTACT || (w.known == KNOWN_RECORDER && !nw_recorder_of(st, p)))) {
		w.score = NW_MIN(w.score, SCORE_TERMINAL);
	}
	return w;
}

/* ---- telling --------------------------------------------------------------------------------- */

static const struct nw_finding like = {
	.rule_id = "persistence-change",
	.rule_name = "Something is made to start by itself",
	.question = "back door",
	.reason = "Nothing more was changed there for ten minutes",
	.known_ways_to_be_wrong =
		"an installation or update that a recorder or an agent does by itself; an agent that "
		"manages this host from outside and is not in the system's folders",
	.severity = 2,
	.confidence = 75,
};

static const char *reason_of(const struct who *w)
{
	static const char *const words[] = {
		[KNOWN_NOTHING] = "",
		[KNOWN_CONTACT] = "Who had a connection to outside, or comes from one who had, "
				  "changed what this host starts or whom it lets in",
		[KNOWN_RECORDER] =
			"The recorder or what belongs to it changed what this host starts "
			"or whom it lets in",
		[KNOWN_SHELL] =
			"A program that a connection speaks to changed what this host starts "
			"or whom it lets in",
		[KNOWN_MEMORY] = "A program without a file, or what it started, changed what this "
				 "host starts or whom it lets in",
	};

	return words[w->known];
}

/* Something new is there, or may be. */
#define CONTENT (NW_CHANGE_MADE | NW_CHANGE_WRITTEN | NW_CHANGE_MOVED_HERE | NW_CHANGE_UNSEEN)

static void fill(struct persistence_change *me, struct nw_finding *f, const struct who *w,
		 const struct nw_change *c)
{
	const struct nw_evidence evidence[] = {
		{ .key = "path", .text = c->path },
		{ .key = "kind", .text = c->kind },
		{ .key = "change", .text = nw_change_word(c) },
		{ .key = "known_by", .text = w->by },
		{ .key = "lineage", .text = me->lineage },
		{ .key = "terminal", .text = w->has_terminal ? "yes" : "no" },
		{ .key = "maker_contacted", .text = w->reach && w->reach->is_maker ? "yes" : "no" },
	};

	f->reason = reason_of(w);
	f->score = w->score;
	f->severity = w->score >= SCORE_RECORDER ? 4 : w->score >= NW_ALERT_SCORE ? 3 : 2;
	f->outcome = w->score < NW_ALERT_SCORE || c->flags & NW_CHANGE_UNSEEN
			     ? NW_OUTCOME_CANNOT_TELL
			     : NW_OUTCOME_MATCH;
	f->technique[0] = c->technique[0] ? c->technique : "T1547";
	memcpy(f->evidence, evidence, sizeof(evidence));
	f->evidence_len = NW_ARRAY_SIZE(evidence);
}

static void on_change(struct persistence_change *me, const struct nw_state *st,
		      const struct nw_emit *emit)
{
	const struct nw_change *c = nw_change_of(st);
	struct nw_case_key key = { .len = 0 };
	struct nw_finding f = like;
	struct nw_case *k;
	struct who w;
	bool is_new;
	uint32_t i;

	if (!c || c->proc->id.tgid == INIT_PID) {
		return;
	}
	w = who_is(me, st, c->proc);
	if (w.known == KNOWN_NOTHING) {
		return;
	}
	if (!(c->flags & CONTENT)) {
		w.score = NW_MIN(w.score, SCORE_NO_CONTENT);
	}
	nw_case_key_text(&key, c->kind);
	nw_case_key_u64(&key, w.known);
	nw_case_key_program(&key, c->proc);
	i = nw_cases_get(&me->cases, key.text, &is_new);
	k = &me->cases.item[i];
	k->proc = c->proc->id;
	k->far = w.reach ? w.reach->far : (struct nw_far_end){ .cookie = 0 };
	if (nw_cases_seen(&me->cases, i, nw_state_now_ns(st), w.score, &f.action)) {
		fill(me, &f, &w, c);
		nw_case_fill(k, st, &f);
		emit->finding(emit->ctx, &f);
	}
}

static void persistence_change_on_event(void *self, const struct nw_state *state,
					const struct nw_event *ev, const struct nw_emit *emit)
{
	struct persistence_change *me = self;
	const struct nw_flow *f;

	switch (ev->shape) {
	case NW_SHAPE_SOCK:
		f = ev->what == NW_SOCK_BIN || ev->what == NW_SOCK_CLOSE
			    ? nw_state_moved(state)->flow
			    : NULL;
		if (f) {
			nw_reach_on_flow(&me->reaches, state, f);
		}
		break;
	case NW_SHAPE_PROC:
		if (ev->what == NW_PROC_FORK) {
			nw_reach_on_fork(&me->reaches, state, nw_event_proc(ev));
		}
		break;
	case NW_SHAPE_CHANGE:
		on_change(me, state, emit);
		break;
	case NW_SHAPE_TICK:
		nw_cases_close(&me->cases, state, QUIET_NS, &like, emit->finding, emit->ctx);
		break;
	default:
		break;
	}
}

static int persistence_change_init(void *self, const struct nw_config *config)
{
	struct persistence_change *me = self;

	(void)config;
	return nw_cases_init(&me->cases, CASES) < 0 ? -1 : nw_reach_init(&me->reaches);
}

static void persistence_change_fini(void *self)
{
	struct persistence_change *me = self;

	nw_cases_free(&me->cases);
	nw_reach_free(&me->reaches);
}

const struct nw_indicator nw_indicator_persistence_change = {
	.id = "persistence-change",
	.doc = "who has no business there changes what this host starts by itself or whom it lets in",
	.self_size = sizeof(struct persistence_change),
	.init = persistence_change_init,
	.fini = persistence_change_fini,
	.sees = NW_SEES(PROC) | NW_SEES(SOCK) | NW_SEES(CHANGE) | NW_SEES(TICK),
	.on_event = persistence_change_on_event,
};
