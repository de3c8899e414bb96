/* SPDX-License-Identifier: Apache-2.0 */
/*
 * download-execute: a program runs that no file keeps, or that came over the network as it runs. From
 * memory, from a file that was unlinked before, under a kernel thread's name; or an interpreter whose
 * program is its stdin, fed by who fetches. Writes of files are not seen here.
 * Source: docs/indicators.md.
 */
#include <string.h>

#include "contact.h"
#include "holder.h"
#include "indicators/indicator.h"

#define CASES	   256
#define READERS	   32U
#define FETCHERS   32U
#define RECENT	   256
#define FILES	   1024
#define QUIET_NS   (300 * NW_NSEC_PER_SEC)
#define READ_NS	   (60 * NW_NSEC_PER_SEC) /* so long an interpreter waits for its program */
#define SETTLED_NS (60 * NW_NSEC_PER_SEC) /* so long a file had a name: it was installed */
#define AGAIN_NS   (NW_NSEC_PER_SEC)
#define NAMES_NS   (5 * NW_NSEC_PER_SEC) /* who asks for a name and goes nowhere wanted the answer */

enum kind {
	KIND_MEMORY,
	KIND_DELETED,
	KIND_SHARED, /* a file in memory that everybody may write */
	KIND_THREAD,
	KIND_STDIN,
	KIND_LOADED,
	KIND_TOLD, /* no script names it as an interpreter, but it does what it is fed */
};

static const char shared[] = "/dev/shm/";

struct recent { /* what a process ran last, from a file that has a name */
	struct nw_proc_id proc;
	uint64_t ts_ns, args;
};

struct file { /* that was run while it had a name */
	uint64_t ino, first_ns;
	uint32_t dev;
};

struct reader {
	struct nw_proc_id proc;
	uint64_t since_ns;
	bool is_told;
};

struct fetcher { /* who has bytes of a connection and says something to a pipe */
	struct nw_proc_id proc;
	uint64_t last_ns;
	bool is_asking; /* has asked for names so far, as everybody does first */
	struct nw_contact far;
};

struct download_execute {
	struct nw_cases cases;
	struct recent recent[RECENT];
	struct file file[FILES];
	struct reader reader[READERS];
	struct reader eater[READERS]; /* no interpreters, as far as is known */
	struct fetcher fetcher[FETCHERS];
	/* that there ever were: the last ones are in the tables */
	uint32_t recents, readers, eaters, fetchers;
	uint64_t eating_ns; /* since when the last of them does */
};

/* ---- telling --------------------------------------------------------------------------------- */

static const struct nw_finding like = {
	.rule_id = "download-execute",
	.rule_name = "A program runs that no file keeps, or that just came over the network",
	.question = "back door",
	.reason = "It was not seen again for five minutes",
	.known_ways_to_be_wrong =
		"a container runtime that runs a sealed copy of itself with other arguments; an "
		"installer that is piped to a shell on purpose; just-in-time launchers",
	.severity = 4,
	.confidence = 85,
	.technique = { "T1620" },
};

/* What a resolver inside says is said by whoever has the name. */
static bool is_of_names(const struct nw_contact *far)
{
	return far->rport == 53 && (!far->protocol || strcmp(far->protocol, "dns") == 0);
}

static void raise(struct download_execute *me, const struct nw_state *st,
		  const struct nw_emit *emit, enum kind kind, const struct nw_proc *p,
		  const struct nw_contact *far, const struct nw_proc *fetcher)
{
	static const struct {
		const char *word, *reason, *technique;
		uint8_t score;
	} kinds[] = {
		{ "memory", "A program runs from memory that has no name in any directory", "T1620",
		  75 },
		{ "deleted", "A file was unlinked before it was run", "T1070.004", 70 },
		{ "shared_memory", "A program runs from shared memory", "T1620", 60 },
		{ "kernel_thread", "A program runs under a name of the kernel's own threads",
		  "T1036.004", 75 },
		{ "stdin", "An interpreter runs what another program fetches as it comes", "T1059",
		  80 },
		{ "loaded", "A loader is given a program that is an open file, not a name", "T1620",
		  70 },
		{ "told", "A program that is fed what another one fetches acts on it", "T1059",
		  60 },
	};
	uint8_t less = !far || !far->is_inside ? 0 : is_of_names(far) ? 20 : 35;
	uint8_t score = kinds[kind].score - less;
	struct nw_case_key key = { .len = 0 };
	struct nw_finding f = like;
	bool is_new;
	uint32_t i;

	nw_case_key_text(&key, kinds[kind].word);
	nw_case_key_program(&key, p);
	if (far) {
		nw_case_key_addr(&key, far->raddr);
	}
	i = nw_cases_get(&me->cases, key.text, &is_new);
	me->cases.item[i].proc = p->id;
	me->cases.item[i].far = nw_contact_far_end(far);
	if (!nw_cases_seen(&me->cases, i, nw_state_now_ns(st), score, &f.action)) {
		return;
	}
	f.reason = kinds[kind].reason;
	f.score = score;
	f.severity = score >= NW_ALERT_SCORE ? 4 : 2;
	f.technique[0] = kinds[kind].technique;
	f.technique[1] = far ? "T1105" : NULL;
	f.evidence[f.evidence_len++] =
		(struct nw_evidence){ .key = "kind", .text = kinds[kind].word };
	if (far) {
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "peer", .text = nw_contact_where(far) };
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "fetched_bytes", .number = far->rx_bytes };
	}
	if (fetcher) {
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "fetched_by", .text = fetcher->exe };
	}
	nw_case_fill(&me->cases.item[i], st, &f);
	emit->finding(emit->ctx, &f);
}

/* ---- what was run before --------------------------------------------------------------------- */

static struct file *place_of(struct download_execute *me, const struct nw_proc *p)
{
	return &me->file[nw_hash_mix(nw_hash_mix(0, p->exe_dev), p->exe_ino) % FILES];
}

static void remember(struct download_execute *me, const struct nw_proc *p, uint64_t now)
{
	struct file *f = place_of(me, p);

	if (f->ino != p->exe_ino || f->dev != p->exe_dev) {
		*f = (struct file){ .ino = p->exe_ino, .dev = p->exe_dev, .first_ns = now };
	}
	me->recent[me->recents++ % RECENT] = (struct recent){
		.proc = p->id, .ts_ns = now, .args = nw_hash_bytes(0, p->args, p->args_len)
	};
}

/* It ran under its name for long: an upgrade took the name away. */
static bool is_settled(struct download_execute *me, const struct nw_proc *p, uint64_t now)
{
	const struct file *f = place_of(me, p);

	return f->first_ns && f->ino == p->exe_ino && f->dev == p->exe_dev &&
	       now >= f->first_ns + SETTLED_NS;
}

/* Root's program that has just run from its file, with the very same arguments: a container runtime
 * seals a copy of itself so. */
static bool is_sealed_copy(const struct download_execute *me, const struct nw_proc *p, uint64_t now)
{
	uint64_t args = nw_hash_bytes(0, p->args, p->args_len);

	for (unsigned i = 0; p->uid == 0 && i < RECENT; i++) {
		const struct recent *r = &me->recent[i];

		if (nw_proc_id_is_same(&r->proc, &p->id) && r->args == args &&
		    now <= r->ts_ns + AGAIN_NS) {
			return true;
		}
	}
	return false;
}

/* ---- interpreters ---------------------------------------------------------------------------- */

/* Both ways it is a dialogue: reverse-shell's. */
static bool is_fed(const struct nw_state *st, const struct nw_proc *p, const struct nw_proc *q)
{
	return p != q && nw_proc_is_fed_by(st, p, q) && !nw_proc_is_fed_by(st, q, p);
}

static void judge(struct download_execute *me, const struct nw_state *st,
		  const struct nw_emit *emit, enum kind kind, struct reader *r,
		  const struct fetcher *x)
{
	uint64_t now = nw_state_now_ns(st);
	const struct nw_proc *p =
		r->proc.tgid && now < r->since_ns + READ_NS ? nw_proc_find(st, &r->proc) : NULL;
	const struct nw_proc *q = p ? nw_proc_find(st, &x->proc) : NULL;

	if (q && is_fed(st, p, q)) {
		raise(me, st, emit, kind, p, &x->far, q);
		r->is_told = true;
	}
}

static void judge_all(struct download_execute *me, const struct nw_state *st,
		      const struct nw_emit *emit, const struct fetcher *x)
{
	for (unsigned i = 0; i < NW_MIN(me->readers, READERS); i++) {
		judge(me, st, emit, KIND_STDIN, &me->reader[i], x);
	}
}

/* Whose script is an open file, and which pipe that is, a look at open files tells, when the fetcher
 * may be gone; and a short script is in the pipe before its reader runs. */
static void join(struct download_execute *me, const struct nw_state *st, const struct nw_emit *emit,
		 enum kind kind, struct reader *r)
{
	uint64_t now = nw_state_now_ns(st);

	for (unsigned i = 0; i < NW_MIN(me->fetchers, FETCHERS) && !r->is_told; i++) {
		const struct fetcher *x = &me->fetcher[i];

		if (x->proc.tgid && !x->is_asking && now < x->last_ns + READ_NS) {
			judge(me, st, emit, kind, r, x);
		}
	}
}

/* Data are sorted, unpacked, shown; what starts programs or goes on the network by them was a program. */
static void on_act(struct download_execute *me, const struct nw_state *st,
		   const struct nw_emit *emit, const struct nw_proc_id *who)
{
	bool is_any = who->tgid && nw_state_now_ns(st) < me->eating_ns + READ_NS;

	for (unsigned i = 0; is_any && i < NW_MIN(me->eaters, READERS); i++) {
		struct reader *r = &me->eater[i];

		if (!r->is_told && nw_proc_id_is_same(&r->proc, who)) {
			join(me, st, emit, KIND_TOLD, r);
		}
	}
}

/* Given nothing but its stdin: what it is to do is said there, as an interpreter's program is. */
static bool eats_stdin(const struct nw_proc *p)
{
	const char *arg = p->args + strlen(p->args) + 1;

	return nw_stdio_is_tube(nw_proc_stdio(p, 0)) && !(p->flags & NW_PROC_ARGS_CUT) &&
	       (arg >= p->args + p->args_len || strcmp(arg, "-") == 0);
}

static struct fetcher *fetcher_of(struct download_execute *me, const struct nw_proc *q)
{
	for (unsigned i = 0; i < NW_MIN(me->fetchers, FETCHERS); i++) {
		if (nw_proc_id_is_same(&me->fetcher[i].proc, &q->id)) {
			return &me->fetcher[i];
		}
	}
	return &me->fetcher[me->fetchers++ % FETCHERS];
}

static void on_flow(struct download_execute *me, const struct nw_state *st,
		    const struct nw_emit *emit, const struct nw_ev_sock *e)
{
	const struct nw_proc *q;
	struct nw_contact far;
	struct fetcher *x;

	if (e->ev.what != NW_SOCK_BIN && e->ev.what != NW_SOCK_CLOSE) {
		return;
	}
	if (!(e->flags & NW_SOCK_LOOPBACK)) {
		on_act(me, st, emit, &e->owner);
	}
	q = e->owner.tgid && e->rx_bytes ? nw_proc_find(st, &e->owner) : NULL;
	if (!q || !nw_stdio_is_tube(nw_proc_stdio(q, 1))) {
		return;
	}
	far = nw_contact_of_event(st, e);
	if (far.is_local || !far.rx_bytes ||
	    (!far.is_outbound && nw_contact_is_expected(st, &far, false))) {
		return;
	}
	x = fetcher_of(me, q);
	if (is_of_names(&far) && nw_proc_id_is_same(&x->proc, &q->id)) {
		return; /* it has gone where it wanted to, or waits for that */
	}
	*x = (struct fetcher){
		.proc = q->id, .last_ns = e->ev.ts_ns, .is_asking = is_of_names(&far), .far = far
	};
	if (!x->is_asking) {
		judge_all(me, st, emit, x);
	}
}

/* dig | sh: what a resolver said is all that it got. */
static void on_tick(struct download_execute *me, const struct nw_state *st,
		    const struct nw_emit *emit)
{
	uint64_t now = nw_state_now_ns(st);

	for (unsigned i = 0; i < NW_MIN(me->fetchers, FETCHERS); i++) {
		struct fetcher *x = &me->fetcher[i];

		if (x->is_asking && now >= x->last_ns + NAMES_NS) {
			x->is_asking = false;
			judge_all(me, st, emit, x);
		}
	}
}

/* ---- execs ----------------------------------------------------------------------------------- */

/* "[kworker/0:1]" has no file. */
static bool is_thread_name(const struct nw_proc *p)
{
	const char *name = strrchr(p->exe, '/');
	size_t args = strlen(p->args);
	size_t len = name ? strlen(++name) : 0;

	return (args > 2 && p->args[0] == '[' && p->args[args - 1] == ']') ||
	       (len > 2 && name[0] == '[' && name[len - 1] == ']');
}

/* Who has the loader run a file needs no name of it, and exec sees the loader alone. */
static void on_loader(struct download_execute *me, const struct nw_state *st,
		      const struct nw_emit *emit, const struct nw_proc *p)
{
	const char *end = p->args + p->args_len;
	const char *arg = p->args + strlen(p->args) + 1;
	bool is_value = false;

	/* "--library-path DIR", "--preload LIST": what follows an option may be its value, or the program */
	for (; arg < end; arg += strlen(arg) + 1) {
		if (nw_arg_is_open_file(arg)) {
			raise(me, st, emit, KIND_LOADED, p, NULL, NULL);
			return;
		}
		if (strncmp(arg, shared, sizeof(shared) - 1) == 0) {
			raise(me, st, emit, KIND_SHARED, p, NULL, NULL);
			return;
		}
		if (arg[0] != '-' && !is_value) {
			return;
		}
		is_value = arg[0] == '-';
	}
}

static void on_exec(struct download_execute *me, const struct nw_state *st,
		    const struct nw_emit *emit, const struct nw_ev_proc *e)
{
	const struct nw_proc *p = nw_proc_find(st, &e->self);
	uint64_t now = e->ev.ts_ns;
	uint32_t bits;

	if (!p || !p->exe[0]) {
		return;
	}
	if (p->flags & NW_PROC_MEMFD) {
		if (!is_sealed_copy(me, p, now)) {
			raise(me, st, emit, KIND_MEMORY, p, NULL, NULL);
		}
	} else if (p->flags & NW_PROC_DELETED) {
		if (!is_settled(me, p, now)) {
			raise(me, st, emit, KIND_DELETED, p, NULL, NULL);
		}
	} else {
		remember(me, p, now);
	}
	if (strncmp(p->exe, shared, sizeof(shared) - 1) == 0) {
		raise(me, st, emit, KIND_SHARED, p, NULL, NULL);
	}
	if (is_thread_name(p)) {
		raise(me, st, emit, KIND_THREAD, p, NULL, NULL);
	}
	bits = p->program;
	if (bits & NW_PROGRAM_LOADER) {
		on_loader(me, st, emit, p);
	}
	if ((bits & NW_PROGRAM_INTERPRETER) && nw_proc_runs_its_input(p, bits & NW_PROGRAM_SHELL)) {
		struct reader *r = &me->reader[me->readers++ % READERS];

		*r = (struct reader){ .proc = p->id, .since_ns = now };
		join(me, st, emit, KIND_STDIN, r);
	} else if (eats_stdin(p)) {
		me->eater[me->eaters++ % READERS] =
			(struct reader){ .proc = p->id, .since_ns = now };
		me->eating_ns = now;
	}
	on_act(me, st, emit, &p->parent_id);
}

static void on_scan_end(struct download_execute *me, const struct nw_state *st,
			const struct nw_emit *emit)
{
	for (unsigned i = 0; i < NW_MIN(me->readers, READERS); i++) {
		if (me->reader[i].proc.tgid) {
			join(me, st, emit, KIND_STDIN, &me->reader[i]);
		}
	}
}

static void download_execute_on_event(void *self, const struct nw_state *state,
				      const struct nw_event *ev, const struct nw_emit *emit)
{
	struct download_execute *me = self;

	switch (ev->shape) {
	case NW_SHAPE_PROC:
		if (ev->what == NW_PROC_EXEC) {
			on_exec(me, state, emit, nw_event_proc(ev));
		} else if (ev->what == NW_PROC_FOUND) { /* it may be long since its file went */
			const struct nw_proc *p = nw_proc_find(state, &nw_event_proc(ev)->self);

			if (p && !(p->flags & (NW_PROC_MEMFD | NW_PROC_DELETED))) {
				remember(me, p, ev->ts_ns);
			} else if (p && (p->flags & NW_PROC_MEMFD)) {
				raise(me, state, emit, KIND_MEMORY, p, NULL, NULL);
			}
		}
		break;
	case NW_SHAPE_SOCK:
		on_flow(me, state, emit, nw_event_sock(ev));
		break;
	case NW_SHAPE_FD:
		if (ev->what == NW_FD_END && me->readers && me->fetchers) {
			on_scan_end(me, state, emit);
		}
		break;
	case NW_SHAPE_TICK:
		on_tick(me, state, emit);
		nw_cases_close(&me->cases, state, QUIET_NS, &like, emit->finding, emit->ctx);
		break;
	default:
		break;
	}
}

static int download_execute_init(void *self, const struct nw_config *config)
{
	struct download_execute *me = self;

	(void)config;
	return nw_cases_init(&me->cases, CASES);
}

static void download_execute_fini(void *self)
{
	struct download_execute *me = self;

	nw_cases_free(&me->cases);
}

const struct nw_indicator nw_indicator_download_execute = {
	.id = "download-execute",
	.doc = "a program runs from memory, from a deleted file, under a kernel thread's name, or as it is fetched",
	.self_size = sizeof(struct download_execute),
	.init = download_execute_init,
	.fini = download_execute_fini,
	.sees = NW_SEES(PROC) | NW_SEES(SOCK) | NW_SEES(FD) | NW_SEES(TICK),
	.on_event = download_execute_on_event,
};
