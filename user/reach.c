/* SPDX-License-Identifier: Apache-2.0 */
/* See reach.h. */
#include "reach.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "contact.h"
#include "event.h"
#include "holder.h"
#include "state/policy.h"

#define REACHES	  1024
#define ANCESTORS 8
#define SCRIPTS	  4 /* that call each other */
#define INIT_PID  1

int nw_reach_init(struct nw_reaches *me)
{
	if (nw_lru_init(&me->lru, REACHES) < 0) {
		return -1;
	}
	me->reach = calloc(REACHES, sizeof(*me->reach));
	return me->reach ? 0 : -1;
}

void nw_reach_free(struct nw_reaches *me)
{
	nw_lru_free(&me->lru);
	free(me->reach);
}

static uint32_t hash_of(const struct nw_reaches *me, const struct nw_proc_id *id)
{
	return (uint32_t)nw_proc_id_hash(me->lru.seed, id);
}

struct nw_reach *nw_reach_find(const struct nw_reaches *me, const struct nw_proc_id *id)
{
	uint32_t i = nw_lru_first(&me->lru, hash_of(me, id));

	for (; i != NW_LRU_NONE; i = nw_lru_next(&me->lru, i)) {
		struct nw_reach *r = &me->reach[i];

		if (nw_proc_id_is_same(&r->proc, id)) {
			return r;
		}
	}
	return NULL;
}

static struct nw_reach *get(struct nw_reaches *me, const struct nw_proc_id *id)
{
	struct nw_reach *r = nw_reach_find(me, id);
	uint32_t i;

	if (r) {
		nw_lru_touch(&me->lru, (uint32_t)(r - me->reach));
		return r;
	}
	i = nw_lru_add(&me->lru, hash_of(me, id));
	if (i == NW_LRU_NONE) {
		nw_lru_remove(&me->lru, me->lru.oldest);
		i = nw_lru_add(&me->lru, hash_of(me, id));
	}
	me->reach[i] = (struct nw_reach){ .proc = *id };
	return &me->reach[i];
}

static bool is_of_system(const char *path)
{
	static const char *const trees[] = { "/usr/bin/", "/usr/sbin/", "/usr/lib",   "/bin/",
					     "/sbin/",	  "/lib",	"/usr/share/" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(trees); i++) {
		if (strncmp(path, trees[i], strlen(trees[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* The first argument that is a path: the script of an interpreter. */
static const char *script_of(const struct nw_proc *p)
{
	size_t at = strlen(p->args) + 1;

	while (at < p->args_len) {
		if (p->args[at] == '/') {
			return p->args + at;
		}
		at += strlen(p->args + at) + 1;
	}
	return "";
}

/* Of a unit that init started, out of the system's own folders, and nothing that runs others' text is
 * between: agents that manage a host, and its own updates. */
static bool is_service(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_proc *a = p;

	for (unsigned i = 0; i < ANCESTORS && a && a->id.tgid != INIT_PID; i++) {
		if (a->container[0] || !a->unit[0] || !is_of_system(a->exe) ||
		    (a->program & NW_PROGRAM_SHELL) ||
		    (nw_proc_is_script(a) && !is_of_system(script_of(a)))) {
			return false;
		}
		if (a->parent_id.tgid == INIT_PID) {
			return true;
		}
		a = nw_proc_find(st, &a->parent_id);
	}
	return false;
}

/* Names and time everybody asks for. Where nothing was heard of it, the port says so. */
static bool is_chore(const struct nw_contact *far)
{
	if (!far->protocol) {
		return far->proto == IPPROTO_UDP && (far->rport == 53 || far->rport == 123);
	}
	return strcmp(far->protocol, "dns") == 0 || strcmp(far->protocol, "ntp") == 0;
}

static struct nw_reach *note_as(struct nw_reaches *me, const struct nw_state *st,
				const struct nw_contact *far, const struct nw_proc *p,
				enum nw_reach_by by)
{
	struct nw_reach *r = get(me, &p->id);

	if (r->by < by) {
		r->by = by;
		r->is_service = is_service(st, p);
	}
	if (r->by == by) {
		r->far = nw_contact_far_end(far);
	}
	return r;
}

/*
 * Who started it and gets what it says: scp of its ssh, a shell of "$(curl …)". Its stdout is a tube
 * that is not the other's own too, and that nobody else is known to read.
 */
static const struct nw_proc *fed_parent(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_proc *parent = nw_proc_find(st, &p->parent_id);
	const struct nw_proc *q;
	bool has_reader = false;
	uint32_t at = 0;

	if (!parent || parent->id.tgid == INIT_PID || !nw_stdio_is_tube(nw_proc_stdio(p, 1)) ||
	    nw_proc_shares(p, parent, 1)) {
		return NULL;
	}
	while ((q = nw_proc_stdio_far(st, p, 1, &at))) {
		if (q == parent) {
			return parent;
		}
		has_reader = true;
	}
	return has_reader ? NULL : parent;
}

/* It runs what others wrote, and nobody sits there. */
static bool is_script(const struct nw_proc *p)
{
	return (p->program & NW_PROGRAM_SHELL || nw_proc_is_script(p)) && !nw_proc_has_terminal(p);
}

/* What its script has fetched, into a file say, the script may use: itself, or by what it starts then. */
static void note_scripts(struct nw_reaches *me, const struct nw_state *st,
			 const struct nw_contact *far, const struct nw_proc *p, bool is_maker)
{
	const struct nw_proc *a = nw_proc_find(st, &p->parent_id);

	for (unsigned i = 0; i < SCRIPTS && a && a->id.tgid != INIT_PID && is_script(a); i++) {
		note_as(me, st, far, a, NW_REACH_SCRIPT)->is_maker |= is_maker;
		a = nw_proc_find(st, &a->parent_id);
	}
}

static void note(struct nw_reaches *me, const struct nw_state *st, const struct nw_flow *f,
		 const struct nw_contact *far, const struct nw_proc *p)
{
	const struct nw_proc *parent;
	enum nw_vendor_basis basis;
	bool is_maker;

	if (!p || p->id.tgid == INIT_PID) {
		return;
	}
	is_maker = nw_vendor_of_flow(st, f, &basis);
	note_as(me, st, far, p, NW_REACH_OWN)->is_maker |= is_maker;
	note_scripts(me, st, far, p, is_maker);
	parent = fed_parent(st, p);
	if (parent) {
		note_as(me, st, far, parent, NW_REACH_CHILD)->is_maker |= is_maker;
	}
}

/* Who accepts for others was not asked himself, as far as is known when somebody answers. */
static void note_asked(struct nw_reaches *me, const struct nw_state *st, const struct nw_flow *f,
		       const struct nw_contact *far)
{
	const struct nw_proc *p = f->sender ? f->sender : f->owner;

	if (p && p->id.tgid != INIT_PID) {
		note_as(me, st, far, p, NW_REACH_ASKED)->is_server |= f->tx_bytes > 0;
	}
}

void nw_reach_on_flow(struct nw_reaches *me, const struct nw_state *st, const struct nw_flow *f)
{
	struct nw_contact far;

	/* an order is obeyed before the ledger tells that it came: who took what was sent is enough */
	if (f->is_inside || f->peer ||
	    !(f->rx_bytes || (f->proto == IPPROTO_TCP && f->tx_bytes > f->unacked))) {
		return;
	}
	far = nw_contact_of_flow(f);
	if (far.is_local || is_chore(&far) || nw_policy_allowed(st, f)) {
		return;
	}
	if (!far.is_outbound && nw_contact_is_expected(st, &far, false)) {
		note_asked(me, st, f, &far);
		return;
	}
	note(me, st, f, &far, f->owner);
	note(me, st, f, &far, f->sender);
}

/* What by has to do with it is what its child has to do with it, as this; NONE: nothing. */
static enum nw_reach_by inherited(const struct nw_proc *parent, enum nw_reach_by by)
{
	switch (by) {
	case NW_REACH_START:
	case NW_REACH_OWN:
		return NW_REACH_START;
	case NW_REACH_SCRIPT:
		return NW_REACH_BESIDE;
	case NW_REACH_BESIDE:
		return is_script(parent) ? NW_REACH_BESIDE : NW_REACH_NONE;
	default:
		return NW_REACH_NONE;
	}
}

/* What was started by one who has contact is its doing, also when that one is gone. */
void nw_reach_on_fork(struct nw_reaches *me, const struct nw_state *st, const struct nw_ev_proc *e)
{
	const struct nw_proc *parent = nw_proc_find(st, &e->parent);
	const struct nw_proc *p = nw_proc_find(st, &e->self);
	const struct nw_reach *from = parent ? nw_reach_find(me, &parent->id) : NULL;
	enum nw_reach_by by = from ? inherited(parent, from->by) : NW_REACH_NONE;
	struct nw_reach copy;

	if (p && by) {
		copy = *from;
		copy.proc = p->id;
		copy.by = by;
		*get(me, &p->id) = copy;
	}
}
