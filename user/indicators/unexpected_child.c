/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unexpected-child: a recorder starts what recorders have no need of: a shell, an interpreter, or a
 * program that fetches from outside. A recorder is declared, or known by what it does: it reads a
 * camera's media. Children are classed by their file and by what they do, and compared with what this
 * recorder has started before; what it starts in its first minutes is told too, as information. Where
 * its row says what it starts, all else is told at once.
 * Source: docs/indicators.md.
 */
#include <string.h>

#include "contact.h"
#include "indicators/indicator.h"

#define RECORDERS   32
#define CHILDREN    256
#define PAIRS	    512
#define CASES	    256
#define LEARN_NS    (600 * NW_NSEC_PER_SEC)
#define QUIET_NS    (300 * NW_NSEC_PER_SEC)
#define MEDIA_BYTES 1048576ULL /* of a camera's: more than a picture or an answer */
#define FETCH_BYTES 8192       /* more than a name, or two hands that are shaken */
#define PROVISIONAL 30
#define INIT_PID    1

enum class {
	CLASS_OTHER,
	CLASS_SHELL,
	CLASS_INTERPRETER,
	CLASS_FETCHES, /* has more from outside than it sends there */
};

/* Program and unit, by name: an interpreter runs many things; a restart is the same recorder, and so is
 * an update, whose file is another. */
struct recorder {
	char key[NW_KEPT_KEY];
	uint64_t first_ns; /* of this session; 0 = this place is free */
	uint64_t until_ns; /* the end of learning */
	bool is_declared;
	const struct nw_recorder *judge; /* its row, where that says what it starts; else NULL */
	bool is_read;			 /* of an earlier session, and not seen in this one */
	uint64_t kept_ns;		 /* 0 = not yet */
};

/* What a recorder started, or what that started. */
struct child {
	struct nw_proc_id proc;
	uint8_t recorder;
	bool has_shell; /* it is one, or one is between */
};

struct pair {
	uint64_t exe; /* hash of its path, the same in every session; 0 = this place is free */
	uint8_t recorder, class;
	bool is_early; /* began while the recorder was new */
	bool is_kept;
};

struct unexpected_child {
	struct nw_cases cases;
	struct recorder recorder[RECORDERS];
	struct child child[CHILDREN];
	struct pair pair[PAIRS];
	uint32_t recorders, children, pairs;
	struct nw_kept_pace pace;
};

/* ---- who ------------------------------------------------------------------------------------- */

static int recorder_with(const struct unexpected_child *me, const char *key)
{
	for (unsigned i = 0; i < me->recorders; i++) {
		if (strcmp(me->recorder[i].key, key) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static void key_of(const struct nw_proc *p, struct nw_case_key *ret)
{
	*ret = (struct nw_case_key){ .len = 0 };
	nw_case_key_program(ret, p);
	nw_case_key_text(ret, p->unit[0] ? p->unit : p->cgroup);
}

static int recorder_of(struct unexpected_child *me, const struct nw_proc *p)
{
	struct nw_case_key key;
	int at = -1;

	if (me->recorders) {
		key_of(p, &key);
		at = recorder_with(me, key.text);
	}
	if (at >= 0 && me->recorder[at].is_read) {
		me->recorder[at].is_read = false;
		me->recorder[at].kept_ns = 0; /* told again: not among the oldest rows */
	}
	return at;
}

/* A place for one more; when all are taken, that of one that was read and not seen here. */
static struct recorder *recorder_room(struct unexpected_child *me)
{
	unsigned at = 0;

	if (me->recorders < RECORDERS) {
		return &me->recorder[me->recorders++];
	}
	while (at < RECORDERS && !me->recorder[at].is_read) {
		at++;
	}
	if (at == RECORDERS) {
		return NULL;
	}
	for (unsigned i = 0; i < PAIRS && i < me->pairs; i++) {
		me->pair[i].exe = me->pair[i].recorder == at ? 0 : me->pair[i].exe;
	}
	return &me->recorder[at];
}

static int add_recorder(struct unexpected_child *me, const struct nw_proc *p, bool is_declared,
			uint64_t now)
{
	int at = recorder_of(me, p);
	struct nw_case_key key;
	struct recorder *r;

	if (at >= 0) {
		return at;
	}
	key_of(p, &key);
	r = recorder_room(me);
	if (!r) { /* more are not watched: docs */
		return -1;
	}
	*r = (struct recorder){ .first_ns = now,
				.until_ns = now + LEARN_NS,
				.is_declared = is_declared };
	memcpy(r->key, key.text, sizeof(r->key));
	return (int)(r - me->recorder);
}

static struct child *child_of(struct unexpected_child *me, const struct nw_proc_id *id)
{
	for (unsigned i = 0; i < CHILDREN && me->children; i++) {
		if (nw_proc_id_is_same(&me->child[i].proc, id)) {
			return &me->child[i];
		}
	}
	return NULL;
}

static bool is_recorder(struct unexpected_child *me, const struct nw_proc *p)
{
	return p->id.tgid != INIT_PID && !child_of(me, &p->id) && !(p->program & NW_PROGRAM_SHELL);
}

/* Who reads a camera's media is a recorder, whatever it is called; and who started that one for it,
 * in the same service. */
static void on_media(struct unexpected_child *me, const struct nw_state *st,
		     const struct nw_flow *f, uint64_t now)
{
	const struct nw_proc *p = f->owner;
	const struct nw_camera *c = p && f->rx_bytes > MEDIA_BYTES ? nw_camera_of(st, f) : NULL;
	const struct nw_proc *parent;

	if (!c || !(c->declared || (c->why & NW_CAMERA_MEDIA)) || !is_recorder(me, p) ||
	    recorder_of(me, p) >= 0) {
		return;
	}
	(void)add_recorder(me, p, false, now);
	parent = nw_proc_find(st, &p->parent_id);
	if (parent && parent->cgroup_id == p->cgroup_id && is_recorder(me, parent)) {
		(void)add_recorder(me, parent, false, now);
	}
}

/* ---- telling --------------------------------------------------------------------------------- */

static const struct nw_finding like = {
	.rule_id = "unexpected-child",
	.rule_name = "A recorder starts what it has no need of",
	.question = "back door",
	.reason = "It was not started again for five minutes",
	.known_ways_to_be_wrong =
		"scripts that the site hangs on events, an update, maintenance that runs for the "
		"first time; compilers are not known as such",
	.severity = 3,
	.confidence = 70,
	.technique = { "T1059.004" },
};

static uint64_t hash_of(const char *text)
{
	uint64_t hash = nw_hash_name(0x6e76726368696c64ULL, text);

	return hash ? hash : 1;
}

static struct pair *pair_like(struct unexpected_child *me, const struct pair *p)
{
	struct pair *at;

	for (unsigned i = 0; i < PAIRS && i < me->pairs; i++) {
		at = &me->pair[i];
		if (at->recorder == p->recorder && at->class == p->class && at->exe == p->exe) {
			return at;
		}
	}
	at = &me->pair[me->pairs++ % PAIRS];
	*at = *p;
	return at;
}

/* What this recorder starts of this kind: the first time it is made. */
static struct pair *pair_of(struct unexpected_child *me, const struct nw_proc *p, unsigned recorder,
			    enum class class, uint64_t now)
{
	struct pair like_it = { .exe = hash_of(p->exe[0] ? p->exe : p->name),
				.recorder = (uint8_t)recorder,
				.class = (uint8_t) class,
				.is_early = now < me->recorder[recorder].until_ns };

	return pair_like(me, &like_it);
}

static void raise(struct unexpected_child *me, const struct nw_state *st,
		  const struct nw_emit *emit, const struct nw_proc *p, const struct child *c,
		  enum class class, const struct nw_contact *far)
{
	static const char *const words[] = { "other", "shell", "interpreter", "fetches" };
	static const char *const techniques[] = { NULL, "T1059.004", "T1059", "T1105" };
	static const uint8_t scores[] = { 0, 55, 50, 70 };
	const struct recorder *r = &me->recorder[c->recorder];
	uint64_t now = nw_state_now_ns(st);
	const struct pair *pair = pair_of(me, p, c->recorder, class, now);
	const struct nw_proc *parent = nw_proc_find(st, &p->parent_id);
	bool is_early = pair->is_early && !r->judge;
	const struct nw_evidence evidence[] = {
		{ .key = "class", .text = words[class] },
		{ .key = "recorder_known_by", .text = r->is_declared ? "declaration" : "media" },
		{ .key = "started_by", .text = parent ? parent->exe : "unknown" },
		{ .key = "baseline",
		  .text = r->judge   ? "policy"
			  : is_early ? "provisional"
				     : "new" },
		{ .key = "recorder_known_s", .number = (now - r->first_ns) / NW_NSEC_PER_SEC },
		{ .key = "behind_shell", .text = c->has_shell ? "yes" : "no" },
	};
	struct nw_case_key key = { .len = 0 };
	uint8_t score = is_early ? PROVISIONAL : scores[class];
	struct nw_finding f = like;
	bool is_new;
	uint32_t i;

	if (class == CLASS_FETCHES && c->has_shell) {
		score += 15; /* sh -c "wget …" is what exploits of recorders do first */
	}
	nw_case_key_text(&key, words[class]);
	nw_case_key_text(&key, r->key);
	nw_case_key_program(&key, p);
	i = nw_cases_get(&me->cases, key.text, &is_new);
	me->cases.item[i].proc = p->id;
	me->cases.item[i].far = nw_contact_far_end(far);
	if (!nw_cases_seen(&me->cases, i, now, score, &f.action)) {
		return;
	}
	f.reason = class == CLASS_FETCHES ? "What a recorder started fetches from outside"
					  : "A recorder started a program that runs others' text";
	f.outcome = is_early ? NW_OUTCOME_CANNOT_TELL : NW_OUTCOME_MATCH;
	f.score = score;
	f.severity = score >= NW_ALERT_SCORE ? 4 : 2;
	f.technique[0] = techniques[class];
	memcpy(f.evidence, evidence, sizeof(evidence));
	f.evidence_len = NW_ARRAY_SIZE(evidence);
	nw_case_fill(&me->cases.item[i], st, &f);
	emit->finding(emit->ctx, &f);
}

/* ---- events ---------------------------------------------------------------------------------- */

/* The parent is a recorder, or what one started: then so is this one. */
static struct child *adopt(struct unexpected_child *me, const struct nw_state *st,
			   const struct nw_proc *p, const struct nw_proc *parent, uint64_t now)
{
	const struct child *by = parent ? child_of(me, &parent->id) : NULL;
	struct child c = { .proc = p->id };
	struct child *at = child_of(me, &p->id);
	int recorder = -1;

	if (by) {
		c.recorder = by->recorder;
		c.has_shell = by->has_shell;
	} else if (parent) {
		recorder = recorder_of(me, parent);
		if (recorder < 0 && nw_policy_recorder(st, parent)) {
			recorder = add_recorder(me, parent, true, now);
		}
		if (recorder < 0) {
			return NULL;
		}
		c.recorder = (uint8_t)recorder;
		me->recorder[recorder].judge = nw_policy_judge(st, parent);
	} else {
		return NULL;
	}
	if (recorder_of(me, p) >= 0) {
		return NULL; /* its own workers */
	}
	at = at ? at : &me->child[me->children++ % CHILDREN];
	c.has_shell = c.has_shell || (p->program & NW_PROGRAM_SHELL);
	*at = c;
	return at;
}

static void on_proc(struct unexpected_child *me, const struct nw_state *st,
		    const struct nw_emit *emit, const struct nw_ev_proc *e)
{
	const struct nw_proc *p = nw_proc_find(st, &e->self);
	const struct child *c;
	uint32_t bits;

	if (!p || (e->ev.what != NW_PROC_EXEC && e->ev.what != NW_PROC_FOUND)) {
		return;
	}
	c = adopt(me, st, p, nw_proc_find(st, &e->parent), e->ev.ts_ns);
	if (!c && is_recorder(me, p) && nw_policy_recorder(st, p)) {
		(void)add_recorder(me, p, true, e->ev.ts_ns);
	}
	bits = c && !nw_policy_starts(me->recorder[c->recorder].judge, p) ? p->program : 0;
	if (bits & (NW_PROGRAM_SHELL | NW_PROGRAM_INTERPRETER)) {
		raise(me, st, emit, p, c, bits & NW_PROGRAM_SHELL ? CLASS_SHELL : CLASS_INTERPRETER,
		      NULL);
	}
}

static void on_sock(struct unexpected_child *me, const struct nw_state *st,
		    const struct nw_emit *emit, const struct nw_ev_sock *e)
{
	const struct nw_flow *f = nw_flow_find(st, e->cookie, e->slot);
	const struct child *c = e->owner.tgid ? child_of(me, &e->owner) : NULL;
	const struct nw_proc *p = c ? nw_proc_find(st, &e->owner) : NULL;
	struct nw_contact far;

	if (f && e->ev.what == NW_SOCK_BIN) {
		on_media(me, st, f, e->ev.ts_ns);
	}
	if (!p || (e->ev.what != NW_SOCK_BIN && e->ev.what != NW_SOCK_CLOSE)) {
		return;
	}
	if (f && nw_policy_starts(me->recorder[c->recorder].judge, p) && nw_policy_allowed(st, f)) {
		return; /* who it is and where it fetches: both are declared */
	}
	far = nw_contact_of_event(st, e);
	if (far.is_outbound && !far.is_inside && !far.is_local && far.rx_bytes > far.tx_bytes &&
	    far.rx_bytes >= FETCH_BYTES) {
		raise(me, st, emit, p, c, CLASS_FETCHES, &far);
	}
}

/* ---- over restarts --------------------------------------------------------------------------- */

#define RECORDER_KIND "unexpected-child"
#define PAIR_KIND     "unexpected-child.pair"
#define LEARNING_NS   (30 * NW_NSEC_PER_SEC) /* who is being learnt is told again */

static bool keep_recorder(struct unexpected_child *me, struct recorder *r,
			  const struct nw_emit *emit, uint64_t now)
{
	struct nw_kept row = nw_kept_row(RECORDER_KIND, r->key);
	uint64_t left = r->until_ns > now ? r->until_ns - now : 0;

	if (r->is_read ||
	    (r->kept_ns && (r->kept_ns >= r->until_ns || now < r->kept_ns + LEARNING_NS))) {
		return true;
	}
	nw_kept_add(&row, (int64_t)left);
	nw_kept_add(&row, r->is_declared);
	r->kept_ns = nw_kept_tell(&me->pace, &emit->keeper, &row, now) ? now : r->kept_ns;
	return r->kept_ns == now;
}

static bool keep_pair(struct unexpected_child *me, struct pair *p, const struct nw_emit *emit,
		      uint64_t now)
{
	const uint64_t name[] = { hash_of(me->recorder[p->recorder].key), p->exe, p->class };
	struct nw_case_key key = { .len = 0 };
	struct nw_kept row;

	if (p->is_kept || !p->exe) {
		return true;
	}
	row = nw_kept_row(PAIR_KIND, "");
	for (size_t i = 0; i < NW_ARRAY_SIZE(name); i++) {
		nw_case_key_u64(&key, name[i]);
		nw_kept_add(&row, (int64_t)name[i]);
	}
	memcpy(row.key, key.text, sizeof(row.key));
	nw_kept_add(&row, p->is_early);
	p->is_kept = nw_kept_tell(&me->pace, &emit->keeper, &row, now);
	return p->is_kept;
}

static void keep(struct unexpected_child *me, const struct nw_emit *emit, uint64_t now)
{
	bool goes_on = nw_kept_is_time(&me->pace, &emit->keeper, now);

	for (unsigned i = 0; goes_on && i < me->recorders; i++) {
		goes_on = keep_recorder(me, &me->recorder[i], emit, now);
	}
	for (unsigned i = 0; goes_on && i < PAIRS && i < me->pairs; i++) {
		goes_on = keep_pair(me, &me->pair[i], emit, now);
	}
}

static void take_pair(struct unexpected_child *me, const struct nw_kept *row)
{
	struct pair p = { .exe = (uint64_t)row->n[1],
			  .class = (uint8_t)row->n[2],
			  .is_early = row->n[3] != 0,
			  .is_kept = true };

	for (unsigned i = 0; i < me->recorders && p.class <= CLASS_FETCHES; i++) {
		if (hash_of(me->recorder[i].key) == (uint64_t)row->n[0]) {
			p.recorder = (uint8_t)i;
			(void)pair_like(me, &p);
			return;
		}
	}
}

/* A pair names its recorder, which came before: rows come in the order of their kinds. */
static void on_kept(struct unexpected_child *me, const struct nw_event *ev)
{
	struct nw_kept row;
	struct recorder *r;

	if (nw_kept_of(ev, PAIR_KIND, 4, &row)) {
		take_pair(me, &row);
	} else if (nw_kept_of(ev, RECORDER_KIND, 2, &row) && row.key[0] &&
		   recorder_with(me, row.key) < 0 && (r = recorder_room(me))) {
		*r = (struct recorder){
			.first_ns = ev->ts_ns,
			.until_ns = ev->ts_ns + NW_MIN((uint64_t)NW_MAX(row.n[0], 0), LEARN_NS),
			.is_declared = row.n[1] != 0,
			.is_read = true,
		};
		memcpy(r->key, row.key, sizeof(r->key));
	}
}

static void unexpected_child_on_event(void *self, const struct nw_state *state,
				      const struct nw_event *ev, const struct nw_emit *emit)
{
	struct unexpected_child *me = self;

	if (ev->shape == NW_SHAPE_PROC) {
		on_proc(me, state, emit, nw_event_proc(ev));
	} else if (ev->shape == NW_SHAPE_SOCK) {
		on_sock(me, state, emit, nw_event_sock(ev));
	} else if (ev->shape == NW_SHAPE_TICK) {
		nw_cases_close(&me->cases, state, QUIET_NS, &like, emit->finding, emit->ctx);
		keep(me, emit, ev->ts_ns);
	} else if (ev->shape == NW_SHAPE_FACT) {
		on_kept(me, ev);
	}
}

static int unexpected_child_init(void *self, const struct nw_config *config)
{
	struct unexpected_child *me = self;

	(void)config;
	return nw_cases_init(&me->cases, CASES);
}

static void unexpected_child_fini(void *self)
{
	nw_cases_free(&((struct unexpected_child *)self)->cases);
}

const struct nw_indicator nw_indicator_unexpected_child = {
	.id = "unexpected-child",
	.doc = "a recorder starts a shell, an interpreter or a program that fetches from outside",
	.self_size = sizeof(struct unexpected_child),
	.init = unexpected_child_init,
	.fini = unexpected_child_fini,
	.sees = NW_SEES(PROC) | NW_SEES(SOCK) | NW_SEES(FACT) | NW_SEES(TICK),
	.on_event = unexpected_child_on_event,
};
