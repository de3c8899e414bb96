/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For whom a resolver of this host asks, put together from what asker.c read in questions, and,
 * where nobody can read them, from what was seen beside: a Unix connection (nss-resolve, nscd), a
 * question over loopback just before, a connection to what was answered just after. That is
 * assumed, and says so. Owns nothing.
 */
#include <string.h>

#include "dns_wire.h"
#include "internal.h"
#include "state/asker.h"
#include "state/flow_names.h"
#include "state/learned.h"

#define JUST_NS	  (10 * NW_NSEC_PER_SEC) /* a program goes where it asked to go within that */
#define LOOKS_MAX 256
/* Who was asked within that is a resolver still: its connection ends when it was idle for a while. */
#define LATELY_NS (600 * NW_NSEC_PER_SEC)

/* ---- Unix sockets ---------------------------------------------------------------------------- */

static bool takes_at_name(const struct nw_hold *h)
{
	return h->object.via == NW_VIA_UNIX && (h->mode & NW_FD_NAMED);
}

bool nw_asker_is_unseen(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_hold *mine = NULL;
	unsigned looks = 0;

	while (looks++ < LOOKS_MAX && (mine = nw_hold_of(st, p, mine))) {
		if (takes_at_name(mine)) {
			return true;
		}
	}
	return false;
}

/* A server's worker asks for whom the server was asked by: it runs the same program (unscd). Of two whose
 * programs nobody knows none is. */
static bool works_unseen(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_proc *server = nw_proc_find(st, &p->parent_id);

	return server && p->exe[0] && strcmp(server->exe, p->exe) == 0 &&
	       nw_asker_is_unseen(st, server);
}

/* Who connected to a name of its own just before. */
static struct nw_connected connects_to(const struct nw_state *st, const struct nw_proc *p,
				       uint64_t at_ns)
{
	const struct nw_hold *mine = NULL;
	struct nw_connected c = { 0 };
	unsigned looks = 0;

	while (looks++ < LOOKS_MAX && (mine = nw_hold_of(st, p, mine))) {
		if (takes_at_name(mine)) {
			nw_connects_of(st, mine->object.id, at_ns, &c);
		}
	}
	return c;
}

/* Who is connected, as the last look at open files saw it. Several, or somebody who is connected to everybody:
 * that it is one of them says nothing. */
static bool find_connection(const struct nw_state *st, const struct nw_proc *p,
			    struct nw_proc_id *ret)
{
	const struct nw_hold *mine = NULL;
	const struct nw_proc *from = NULL;
	unsigned looks = 0;

	while (looks < LOOKS_MAX && (mine = nw_hold_of(st, p, mine))) {
		const struct nw_hold *h = NULL;

		looks++;
		while (takes_at_name(mine) && looks++ < LOOKS_MAX &&
		       (h = nw_hold_same(st, mine, h))) {
			const struct nw_proc *q = &st->procs[h->proc];

			if (!(h->mode & NW_FD_WRITE) || q == p || q == from ||
			    nw_proc_is_hub(st, q)) {
				continue;
			}
			if (from) {
				return false;
			}
			from = q;
		}
	}
	if (!from || looks >= LOOKS_MAX) {
		return false;
	}
	*ret = from->id;
	return true;
}

bool nw_asker_connected(const struct nw_state *st, const struct nw_proc *p, uint64_t at_ns,
			struct nw_asker *ret)
{
	const struct nw_proc *server = works_unseen(st, p) ? nw_proc_find(st, &p->parent_id) : p;
	const struct nw_connected c = connects_to(st, server, at_ns);
	struct nw_asker a = { .count = 1, .how = NW_ASKER_CONNECTED };

	if (c.last) {
		a.id = c.last->id;
	}
	if (c.last ? !nw_connected_is_one(&c) : !find_connection(st, p, &a.id)) {
		return false;
	}
	*ret = a;
	return true;
}

/* ---- messages and flows ---------------------------------------------------------------------- */

void nw_asker_of_message(struct nw_state *st, const struct nw_ev_head *head)
{
	const struct nw_proc *p;

	st->asker = *nw_names_asker(st->names);
	if (st->asker.count || (head->ev.what == NW_HEAD_TX) == st->dns->is_response) {
		return; /* known; or a server's side of it */
	}
	p = nw_proc_find(st, &head->owner);
	if (p) {
		nw_asker_connected(st, p, head->ev.ts_ns, &st->asker);
	}
}

const struct nw_asker *nw_state_asker(const struct nw_state *st)
{
	return st->asker.count ? &st->asker : NULL;
}

/* Questions that nobody can read, to somebody who is there to answer them. */
static bool is_encrypted_dns(const struct nw_state *st, const struct nw_flow *f)
{
	enum nw_vendor_basis basis;
	const struct nw_vendor *v = nw_vendor_of_flow(st, f, &basis);

	return nw_said_speaks(f->said, "dot") || nw_said_speaks(f->said, "doq") ||
	       (v && strcmp(nw_vendor_service(v), "resolver") == 0);
}

bool nw_asker_of(const struct nw_state *st, const struct nw_flow *f, struct nw_asker *ret)
{
	const struct nw_askers *askers = nw_names_askers(st->names);
	uint64_t at_ns;

	*ret = (struct nw_asker){ .how = NW_ASKER_NONE };
	if (!f->owner || !f->is_outbound || (f->flags & NW_SOCK_FORWARDED)) {
		return false;
	}
	if (nw_askers_of_socket(askers, f->cookie, ret)) {
		return true;
	}
	if (f->rport != NW_PORT_DNS && (!f->said || !is_encrypted_dns(st, f)) &&
	    f->rport != NW_PORT_DOT) {
		return false;
	}
	if (f->rport != NW_PORT_DNS && nw_askers_of_resolver(askers, &f->owner->id, ret, &at_ns) &&
	    st->now_ns <= at_ns + LATELY_NS) {
		return true;
	}
	*ret = (struct nw_asker){ .how = NW_ASKER_NONE };
	return nw_asker_connected(st, f->owner, f->last_ns ? f->last_ns : f->first_ns, ret);
}

const char *nw_asker_how_name(uint8_t how)
{
	static const char *const words[] = { "none", "question", "time", "unix" };

	return words[how];
}

/* ---- names of flows -------------------------------------------------------------------------- */

enum nw_asked_by nw_flow_asked_by(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_learned_name *l;
	const struct nw_proc *by;
	struct nw_asker ignored;
	uint64_t at_ns;

	if (!f->name[0] || !f->is_outbound || !f->owner) {
		return NW_ASKED_UNKNOWN;
	}
	l = nw_names_behind(st->names, f->raddr, &f->owner->id, f->first_ns);
	if (!l || strcmp(l->name, f->name) != 0) {
		return NW_ASKED_UNKNOWN; /* it was renewed, or is forgotten */
	}
	if (nw_proc_id_is_same(&l->asker, &f->owner->id)) {
		return NW_ASKED_BY_OWNER;
	}
	by = nw_proc_find(st, &l->asker);
	if (by && f->first_ns <= l->learned_ns + JUST_NS &&
	    (nw_asker_is_unseen(st, by) || works_unseen(st, by) ||
	     nw_askers_of_resolver(nw_names_askers(st->names), &by->id, &ignored, &at_ns))) {
		return NW_ASKED_ASSUMED;
	}
	return NW_ASKED_BY_ANOTHER;
}

const char *nw_asked_by_name(enum nw_asked_by by)
{
	static const char *const words[] = { NULL, "itself", "another", "assumed" };

	return words[by];
}
