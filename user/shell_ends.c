/* SPDX-License-Identifier: Apache-2.0 */
/* See shell_ends.h. */
#include "shell_ends.h"

#include "event.h"
#include "holder.h"

struct nw_shell_end *nw_shell_ends_find(struct nw_shell_ends *t, const struct nw_proc_id *id)
{
	for (unsigned i = 0; i < NW_SHELL_ENDS && t->count; i++) {
		if (nw_proc_id_is_same(&t->item[i].proc, id)) {
			return &t->item[i];
		}
	}
	return NULL;
}

static bool help(struct nw_shell_ends *t, const struct nw_suspect *s, const struct nw_proc *p,
		 enum nw_way_in way, enum nw_shell_end_kind end)
{
	struct nw_shell_end *h = nw_shell_ends_find(t, &p->id);

	if (h && nw_proc_id_is_same(&h->shell.proc, &s->proc)) {
		h->shell.way = (uint8_t)way; /* it may have become another program */
		h->end = end;
		return false;
	}
	h = h ? h : &t->item[t->next++ % NW_SHELL_ENDS];
	t->count++;
	*h = (struct nw_shell_end){ .proc = p->id, .shell = *s, .end = end };
	h->shell.way = (uint8_t)way;
	return true;
}

/* What the shell says goes to it, and what the shell hears comes from it. */
bool nw_shell_ends_look(struct nw_shell_ends *t, const struct nw_state *st,
			const struct nw_suspect *s)
{
	const struct nw_proc *p = nw_proc_find(st, &s->proc);
	const struct nw_proc *far;
	bool is_new = false;
	uint32_t at = 0;
	bool may_be_two;

	if (!p) {
		return false;
	}
	may_be_two = s->way == NW_WAY_IN_PIPES && nw_proc_runs_its_input(p, true);
	while ((far = nw_proc_stdio_far(st, p, 1, &at))) {
		enum nw_way_in way = (enum nw_way_in)s->way;

		if (way == NW_WAY_IN_PIPES) {
			if (!nw_proc_is_fed_by(st, p, far)) {
				is_new |= may_be_two && help(t, s, far, way, NW_SHELL_END_TOLD);
				continue;
			}
			if (nw_stdio_is_tube(nw_proc_stdio(far, 0)) &&
			    nw_stdio_is_tube(nw_proc_stdio(far, 1)) &&
			    far->stdio_id[0] == p->stdio_id[1]) {
				way = NW_WAY_IN_FILTER;
			}
		}
		is_new |= help(t, s, far, way, NW_SHELL_END_BOTH);
	}
	at = 0;
	while (may_be_two && (far = nw_proc_stdio_far(st, p, 0, &at))) {
		struct nw_shell_end *h = nw_shell_ends_find(t, &far->id);

		if (!h || !nw_proc_id_is_same(&h->shell.proc, &s->proc)) {
			is_new |= help(t, s, far, NW_WAY_IN_PIPES, NW_SHELL_END_HEARD);
		}
	}
	return is_new;
}

struct nw_shell_end *nw_shell_ends_other(struct nw_shell_ends *t, const struct nw_shell_end *h)
{
	for (unsigned i = 0; i < NW_SHELL_ENDS && h->end != NW_SHELL_END_BOTH; i++) {
		struct nw_shell_end *o = &t->item[i];

		if (o->end != NW_SHELL_END_BOTH && o->end != h->end &&
		    (o->in.cookie || o->out.cookie) &&
		    nw_proc_id_is_same(&o->shell.proc, &h->shell.proc)) {
			return o;
		}
	}
	return NULL;
}
