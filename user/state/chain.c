/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through whom it came: from the process that sends a flow back to those whose data it can have,
 * step by step, over what hold.c knows. At each step one goes on the path, by how sure the edge is,
 * and the others are counted. An edge says what was possible, not what was done: no bytes are
 * known of pipes and Unix sockets. Owns the chains of the flows, and a reference to each process.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

/* Who is joined to more processes than this over Unix sockets serves everybody (message bus, journal):
 * that a process talks to it says little. */
#define HUB_PROCESSES  8
#define LOOKS_MAX      256 /* at the processes of one object */
#define OBJECTS_MAX    8192 /* of one process; a descriptor limit is 1,024 unless somebody raised it */
#define FLOWS_A_SCAN   1024
#define FLOWS_A_SECOND 128
#define LOOKS_A_SECOND 65536 /* at objects, of all flows: some 3 ms */
#define AMBIGUOUS      _NW_VIA_MAX
#define ENDED	       (2 * AMBIGUOUS)
#define HUB	       (2 * ENDED)
#define RANKS	       (2 * HUB)
#define ENDED_NS       (2 * NW_NSEC_PER_SEC) /* so long after its end a writer's data may be on its way */

struct step {
	struct nw_proc *from;
	unsigned rank;	/* the lower, the surer */
	unsigned limit; /* who is not surer than this is counted alone */
	unsigned others;
};

int nw_chains_init(struct nw_state *st, uint32_t flows)
{
	st->chains = calloc(flows, sizeof(*st->chains));
	return st->chains ? 0 : -ENOMEM;
}

static bool is_in(const struct nw_chain *c, const struct nw_proc *p)
{
	for (unsigned i = 0; i < c->len; i++) {
		if (c->link[i].proc == p) {
			return true;
		}
	}
	return false;
}

/* Processes at the other ends of somebody's queues. */
struct far {
	uint32_t proc[HUB_PROCESSES + 1];
	unsigned len;
	unsigned looks;
};

static bool is_far(const struct far *f, uint32_t proc)
{
	for (unsigned i = 0; i < f->len; i++) {
		if (f->proc[i] == proc) {
			return true;
		}
	}
	return false;
}

/* One more, if somebody reads the queue who is not among them. */
static void add_reader(const struct nw_state *st, const struct nw_hold *writer, struct far *f)
{
	const struct nw_hold *h = NULL;

	while (f->looks++ < LOOKS_MAX && (h = nw_hold_same(st, writer, h))) {
		if ((h->mode & NW_FD_READ) && h->proc != writer->proc && !is_far(f, h->proc)) {
			f->proc[f->len++] = h->proc;
			return;
		}
	}
}

/* Queues alone would let a process make itself one: it opens some to itself, or several to one. */
bool nw_proc_is_hub(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_hold *h = NULL;
	struct far far = { .len = 0 };

	while (far.len <= HUB_PROCESSES && far.looks++ < LOOKS_MAX && (h = nw_hold_of(st, p, h))) {
		if (h->object.via == NW_VIA_UNIX && (h->mode & NW_FD_WRITE)) {
			add_reader(st, h, &far);
		}
	}
	return far.len > HUB_PROCESSES;
}

/* Who can do both may use the object for itself alone: many keep both ends of a pipe. */
static unsigned rank_of(const struct nw_hold *reader, const struct nw_hold *writer)
{
	unsigned both = (reader->mode & NW_FD_WRITE) || (writer->mode & NW_FD_READ);

	return reader->object.via + (both ? AMBIGUOUS : 0);
}

/* The lower, the surer: what a hub says comes last of all. */
static unsigned rank_of_writer(const struct nw_state *st, const struct nw_hold *reader,
			       const struct nw_hold *writer)
{
	const struct nw_proc *p = &st->procs[writer->proc];
	bool is_over = p->end_ns && st->now_ns > p->end_ns + ENDED_NS;
	bool is_hub = reader->object.via == NW_VIA_UNIX && nw_proc_is_hub(st, p);

	return rank_of(reader, writer) + (is_over ? ENDED : 0) + (is_hub ? HUB : 0);
}

/* A writer of what reader reads. */
static void consider(struct nw_state *st, const struct nw_hold *reader,
		     const struct nw_hold *writer, struct step *s)
{
	struct nw_proc *p = &st->procs[writer->proc];
	unsigned rank;

	if (p == s->from) {
		return;
	}
	rank = rank_of_writer(st, reader, writer);
	s->others += s->from || rank >= s->limit;
	if (rank < s->rank && rank < s->limit) {
		s->from = p;
		s->rank = rank;
	}
}

/* Whose data can the first of the chain have? own: the flow's socket, which leads back to itself. */
static struct step step_back(struct nw_state *st, const struct nw_chain *c, uint64_t own,
			     unsigned limit)
{
	struct step s = { .rank = RANKS, .limit = limit };
	const struct nw_hold *mine = NULL;
	unsigned objects = 0;

	while ((mine = nw_hold_of(st, c->link[c->len - 1].proc, mine))) {
		const struct nw_hold *h = NULL;
		unsigned n = 0;

		if (objects++ == OBJECTS_MAX) { /* behind the others may be anybody */
			s.others++;
			break;
		}
		if (!(mine->mode & NW_FD_READ) || mine->object.via == NW_VIA_PTY ||
		    (mine->object.via == NW_VIA_LOOPBACK && mine->object.id / 2 == own)) {
			continue;
		}
		while ((h = nw_hold_same(st, mine, h)) && n++ < LOOKS_MAX) {
			if ((h->mode & NW_FD_WRITE) && !is_in(c, &st->procs[h->proc])) {
				consider(st, mine, h, &s);
			}
		}
	}
	st->chain_looks += objects;
	return s;
}

/* From who sends back as far as it goes. Behind a hub is everybody: only what is surer than a Unix
 * socket goes on there, the others are counted. */
static void walk_back(struct nw_state *st, struct nw_chain *c, uint64_t own)
{
	unsigned limit = RANKS;

	while (c->len < NW_CHAIN_MAX) {
		struct step s = step_back(st, c, own, limit);

		c->others += s.others;
		if (!s.from) {
			return;
		}
		limit = s.rank >= HUB ? NW_VIA_UNIX : RANKS;
		c->link[c->len++] = (struct nw_chain_link){ s.from, (uint8_t)(s.rank % AMBIGUOUS) };
	}
}

static void release(struct nw_state *st, struct nw_chain *c)
{
	for (unsigned i = 0; i < c->len; i++) {
		nw_proc_unref(st, c->link[i].proc);
	}
	c->len = 0;
}

void nw_chain_update(struct nw_state *st, struct nw_flow *f)
{
	struct nw_chain *kept = &st->chains[f - st->flows];
	struct nw_proc *sends = f->sender ? f->sender : f->owner;
	struct nw_chain c = { .len = 1, .link = { { .proc = sends } } };

	if (!sends) {
		return;
	}
	walk_back(st, &c, f->cookie);
	/* what was found once stays found: its processes may be gone by now */
	if (c.len < 2 || (f->chain && c.len < f->chain->len)) {
		return;
	}
	for (unsigned i = 0; i < c.len; i++) {
		nw_proc_ref(c.link[i].proc);
	}
	release(st, kept);
	*kept = c;
	f->chain = kept;
}

/* Of all flows a bounded number is looked at in a second, and at a bounded number of objects: who opens
 * thousands of pipes costs others' chains some time, and us none. */
static bool has_room(struct nw_state *st)
{
	if (st->now_ns >= st->chain_looks_ns + NW_NSEC_PER_SEC) {
		st->chain_looks_ns = st->now_ns;
		st->chain_looks = 0;
		st->chain_flows = 0;
	}
	return st->chain_looks < LOOKS_A_SECOND;
}

/* How processes are joined may be another since it was told, which can be a minute ago: who sends it
 * opened a connection of its own then. Looked at where something joined, and once a second; on a scan
 * the others have their turn. */
void nw_chain_on_measure(struct nw_state *st, struct nw_flow *f)
{
	if (f->is_inside || f->peer || f->chain_joins == st->joins ||
	    st->now_ns < f->chain_ns + NW_NSEC_PER_SEC) {
		return;
	}
	if (has_room(st) && st->chain_flows++ < FLOWS_A_SECOND) {
		f->chain_joins = st->joins;
		f->chain_ns = st->now_ns;
		nw_chain_update(st, f);
	}
}

/* A scan of open files is over: flows to outside that were told before it may have a chain now. */
void nw_chains_on_scan(struct nw_state *st)
{
	for (unsigned n = 0; n < FLOWS_A_SCAN && n < st->flow_lru.fresh && has_room(st); n++) {
		struct nw_flow *f = &st->flows[st->chain_sweep++ % st->flow_lru.fresh];

		if (f->is_used && !f->end_ns && f->told_count && !f->chain && !f->is_inside) {
			nw_chain_update(st, f);
		}
	}
}

void nw_chain_release(struct nw_state *st, struct nw_flow *f)
{
	if (f->chain) {
		release(st, &st->chains[f - st->flows]);
		f->chain = NULL;
	}
}
