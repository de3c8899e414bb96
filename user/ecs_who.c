/* SPDX-License-Identifier: Apache-2.0 */
/* Who stands behind a flow beside its owner: roles on its socket, and the chain to its sender. */
#include "ecs_put.h"

/* Enough to find its own record. */
static void put_brief(struct nw_ecs_line *l, const struct nw_proc *p)
{
	nw_json_open(&l->j, "process");
	nw_ecs_put_proc_id(l, &p->id);
	nw_json_str(&l->j, "name", p->name);
	nw_json_close(&l->j);
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
