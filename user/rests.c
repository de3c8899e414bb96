/* SPDX-License-Identifier: Apache-2.0 */
/* See rests.h. Owns two arrays, touched on use. */
#include "rests.h"

#include <errno.h>
#include <stdlib.h>

#include "event.h"

struct told {
	uint64_t first, last; /* 0 = none */
};

struct of_flow {
	uint64_t cookie;
	uint32_t slot;
	struct told told;
};

struct of_process {
	struct nw_proc_id id;
	struct told told;
};

struct nw_rests {
	uint32_t flows, processes;
	struct of_flow *flow;
	struct of_process *process;
};

int nw_rests_new(uint32_t flows, uint32_t processes, struct nw_rests **ret)
{
	struct nw_rests *r = calloc(1, sizeof(*r));

	if (!r) {
		return -ENOMEM;
	}
	r->flows = flows;
	r->processes = processes;
	r->flow = calloc(flows, sizeof(*r->flow));
	r->process = calloc(processes, sizeof(*r->process));
	if (!r->flow || !r->process) {
		nw_rests_free(r);
		return -ENOMEM;
	}
	*ret = r;
	return 0;
}

void nw_rests_free(struct nw_rests *r)
{
	if (r) {
		free(r->flow);
		free(r->process);
		free(r);
	}
}

static void add(struct told *t, uint64_t number)
{
	t->first = t->first ? t->first : number;
	t->last = number;
}

static struct of_flow *place_of_flow(const struct nw_rests *r, const struct nw_state *st,
				     const struct nw_flow *f)
{
	uint32_t i = nw_flow_place(st, f);

	return i < r->flows ? &r->flow[i] : NULL;
}

static struct of_process *place_of_process(const struct nw_rests *r, const struct nw_state *st,
					   const struct nw_proc *p)
{
	uint32_t i = nw_proc_place(st, p);

	return i < r->processes ? &r->process[i] : NULL;
}

void nw_rests_told(struct nw_rests *r, const struct nw_output *out)
{
	if (out->dataset == NW_DATASET_FLOW) {
		struct of_flow *e = place_of_flow(r, out->state, out->flow);

		if (e && (e->cookie != out->flow->cookie || e->slot != out->flow->slot)) {
			*e = (struct of_flow){ .cookie = out->flow->cookie,
					       .slot = out->flow->slot };
		}
		if (e) {
			add(&e->told, out->sequence);
		}
	} else if (out->dataset == NW_DATASET_PROCESS) {
		struct of_process *e = place_of_process(r, out->state, out->proc);

		if (e && !nw_proc_id_is_same(&e->id, &out->proc->id)) {
			*e = (struct of_process){ .id = out->proc->id };
		}
		if (e) {
			add(&e->told, out->sequence);
		}
	}
}

/* ---- of a finding ---------------------------------------------------------------------------- */

struct list {
	uint64_t *number;
	unsigned len;
};

static void put(struct list *l, uint64_t number)
{
	unsigned at = l->len;

	while (at > 0 && l->number[at - 1] > number) {
		at--;
	}
	if (!number || l->len == NW_RESTS_MAX || (at > 0 && l->number[at - 1] == number)) {
		return;
	}
	for (unsigned i = l->len++; i > at; i--) {
		l->number[i] = l->number[i - 1];
	}
	l->number[at] = number;
}

static void put_process(struct list *l, const struct nw_rests *r, const struct nw_state *st,
			const struct nw_proc *p)
{
	const struct of_process *e = p ? place_of_process(r, st, p) : NULL;

	if (e && nw_proc_id_is_same(&e->id, &p->id)) {
		put(l, e->told.first);
		put(l, e->told.last);
	}
}

unsigned nw_rests_of(const struct nw_rests *r, const struct nw_state *st,
		     const struct nw_finding *f, uint64_t ret[NW_RESTS_MAX])
{
	const struct of_flow *e = f->flow ? place_of_flow(r, st, f->flow) : NULL;
	const struct nw_chain *c = f->flow ? f->flow->chain : NULL;
	struct list l = { .number = ret };

	put_process(&l, r, st, f->proc);
	if (e && e->cookie == f->flow->cookie && e->slot == f->flow->slot) {
		put(&l, e->told.first);
		put(&l, e->told.last);
	}
	for (unsigned i = 0; c && i < c->len; i++) {
		put_process(&l, r, st, c->link[i].proc);
	}
	return l.len;
}
