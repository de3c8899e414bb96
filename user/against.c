/* SPDX-License-Identifier: Apache-2.0 */
/* Whom alerts speak against. Owns its table, and copies what it keeps. */
#include "against.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state/state.h"
#include "util/text.h"

#define WHO_MAX 1024

/* One that an alert named; of the three one is set. */
struct who {
	char exe[256];
	char to[256]; /* address or name */
	uint16_t listens;
	char rule[32];
};

struct nw_against {
	struct who who[WHO_MAX];
	unsigned used;
	bool is_full;
};

int nw_against_new(struct nw_against **ret)
{
	struct nw_against *a = calloc(1, sizeof(*a));

	if (!a) {
		return -ENOMEM;
	}
	*ret = a;
	return 0;
}

void nw_against_free(struct nw_against *a)
{
	free(a);
}

const char *nw_against_whom(const struct nw_against *a, const char *exe, const char *to,
			    uint16_t listens)
{
	for (unsigned i = 0; i < a->used; i++) {
		const struct who *w = &a->who[i];

		if ((exe[0] && strcmp(w->exe, exe) == 0) || (to[0] && strcmp(w->to, to) == 0) ||
		    (listens && w->listens == listens)) {
			return w->rule;
		}
	}
	return a->is_full ? "too many to keep" : NULL;
}

static void add(struct nw_against *a, const char *rule, const struct who *who)
{
	if (nw_against_whom(a, who->exe, who->to, who->listens)) {
		return;
	}
	if (a->used == WHO_MAX) {
		a->is_full = true;
		return;
	}
	a->who[a->used] = *who;
	(void)snprintf(a->who[a->used++].rule, sizeof(who->rule), "%s", rule);
}

static void add_program(struct nw_against *a, const char *rule, const struct nw_proc *p)
{
	struct who who = { .listens = 0 };

	if (p && p->exe[0]) {
		(void)snprintf(who.exe, sizeof(who.exe), "%s", p->exe);
		add(a, rule, &who);
	}
}

/* The far end as a row would have it: by name, and by address while no name is known. */
static void add_flow(struct nw_against *a, const char *rule, const struct nw_flow *f)
{
	struct who who = { .listens = f->is_outbound ? 0 : f->lport };

	if (!f->is_outbound) {
		add(a, rule, &who);
	} else if (!f->is_inside) {
		char addr[NW_ADDR_TEXT];

		nw_addr_text(addr, f->raddr);
		(void)snprintf(who.to, sizeof(who.to), "%s", addr);
		add(a, rule, &who);
		if (f->name[0]) {
			(void)snprintf(who.to, sizeof(who.to), "%s", f->name);
			add(a, rule, &who);
		}
	}
}

/* A port that the alert is about, where that has no connection. */
static void add_port(struct nw_against *a, const char *rule, const struct nw_evidence *e)
{
	static const char *const keys[] = { "port", "listener_port", "internal_port" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(keys); i++) {
		if (!e->text && e->number <= UINT16_MAX && strcmp(e->key, keys[i]) == 0) {
			add(a, rule, &(struct who){ .listens = (uint16_t)e->number });
		}
	}
}

void nw_against_finding(struct nw_against *a, const struct nw_finding *f)
{
	if (f->score < NW_ALERT_SCORE) {
		return;
	}
	add_program(a, f->rule_id, f->proc);
	if (f->flow) {
		add_program(a, f->rule_id, f->flow->owner);
		add_flow(a, f->rule_id, f->flow);
	}
	for (unsigned i = 0; i < f->evidence_len; i++) {
		add_port(a, f->rule_id, &f->evidence[i]);
	}
}
