/* SPDX-License-Identifier: Apache-2.0 */
/* Who stands behind a flow beside its owner: roles on its socket, and the chain to its sender. */
#include "ecs_put.h"
#include "state/flow_names.h"

static void put_id_and_name(struct nw_ecs_line *l, const struct nw_proc *p)
{
	nw_json_open(&l->j, "process");
	nw_ecs_put_proc_id(l, &p->id);
	nw_json_str(&l->j, "name", p->name);
	nw_json_close(&l->j);
}

/* Enough to find its own record. */
static void put_brief(struct nw_ecs_line *l, const struct nw_proc *p)
{
	nw_ecs_put_kept(l, p, NW_ECS_BRIEF, put_id_and_name);
}

static void put_role_names(struct nw_json *j, uint8_t bits)
{
	static const char *const names[] = {
		"created", "connected", "accepted", "sent", "received", "holds",
	};

	nw_json_array(j, "role");
	for (unsigned i = 0; i < NW_ARRAY_SIZE(names); i++) {
		if (bits & 1U << i) {
			nw_json_word(j, NULL, names[i]);
		}
	}
	nw_json_array_end(j);
}

void nw_ecs_put_roles(struct nw_ecs_line *l, const struct nw_flow *f)
{
	struct nw_role role[NW_FLOW_ROLES_MAX];
	unsigned n = nw_flow_roles(f, role);
	struct nw_json *j = &l->j;

	if (n == 0) {
		return;
	}
	nw_json_array(j, "roles");
	for (unsigned i = 0; i < n; i++) {
		nw_json_open(j, NULL);
		put_brief(l, role[i].proc);
		put_role_names(j, role[i].bits);
		nw_json_bool(j, "assumed", role[i].is_assumed);
		nw_json_close(j);
	}
	nw_json_array_end(j);
	if (f->roles_missed) {
		nw_json_u64(j, "roles_missed", f->roles_missed);
	}
}

/* p: the process a->id, or NULL where it is not known any more. */
void nw_ecs_put_asker(struct nw_ecs_line *l, const struct nw_asker *a, const struct nw_proc *p)
{
	struct nw_json *j = &l->j;

	if (!a->count) {
		return;
	}
	nw_json_open(j, "asker");
	nw_ecs_put_proc_id(l, &a->id);
	if (p) {
		nw_json_str(j, "name", p->name);
		nw_json_str(j, "executable", p->exe);
		nw_json_str(j, "unit", p->unit);
	}
	nw_json_u64(j, "count", a->count);
	nw_json_word(j, "basis", nw_asker_how_name(a->how));
	if (nw_asker_is_assumed(a)) {
		nw_json_bool(j, "assumed", true);
	}
	nw_json_close(j);
}

/* From the far end to the process that sends. */
void nw_ecs_put_chain(struct nw_ecs_line *l, const struct nw_chain *c)
{
	struct nw_json *j = &l->j;

	if (!c) {
		return;
	}
	nw_json_array(j, "chain");
	for (unsigned i = c->len; i-- > 0;) {
		nw_json_open(j, NULL);
		put_brief(l, c->link[i].proc);
		if (i > 0) {
			nw_json_word(j, "via", nw_via_name(c->link[i].via));
		}
		nw_json_close(j);
	}
	nw_json_array_end(j);
	if (c->others) {
		nw_json_u64(j, "chain_others", c->others);
	}
}
