/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what was found. Owns what it keeps of each; records' pointers are not kept. */
#include "found.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "found_text.h"
#include "state/camera.h"

#define FINDINGS_MAX 4096

struct table {
	struct nw_found *item;
	unsigned used;
	uint64_t lost; /* found no room */
	const struct nw_found *last;
	struct nw_curves *curves;
};

static struct table table;

static struct nw_found *get(const struct nw_finding *f)
{
	for (unsigned i = table.used; i-- > 0;) {
		struct nw_found *k = &table.item[i];

		if (strcmp(k->rule, f->rule_id) == 0 && strcmp(k->key, f->key) == 0 &&
		    (k->action != NW_FINDING_CLOSED || f->action != NW_FINDING_OPENED)) {
			return k;
		}
	}
	if (table.used == FINDINGS_MAX) {
		table.lost++;
		return NULL;
	}
	table.item[table.used].number = table.used + 1;
	(void)snprintf(table.item[table.used].rule, sizeof(table.item->rule), "%s", f->rule_id);
	(void)snprintf(table.item[table.used].key, sizeof(table.item->key), "%s", f->key);
	return &table.item[table.used++];
}

static void put_peer(char buf[NW_FOUND_TEXT], const struct nw_far_end *far, const char *domain)
{
	char addr[NW_ADDR_TEXT];
	char name[40];

	nw_addr_text(addr, far->addr);
	nw_found_put(name, sizeof(name), domain ? domain : "");
	(void)snprintf(buf, NW_FOUND_TEXT, strchr(addr, ':') ? "%s [%s]:%u%s%s" : "%s %s:%u%s%s",
		       far->is_outbound ? "to" : "from", addr, far->port, name[0] ? " " : "", name);
}

static void keep_peer(struct nw_found *k, const struct nw_output *out)
{
	const struct nw_finding *f = out->finding;

	if (f->flow) {
		struct nw_far_end far = nw_far_end_of(f->flow);

		put_peer(k->peer, &far, f->flow->name);
	} else if (f->far && nw_far_end_has_addr(f->far)) {
		put_peer(k->peer, f->far, nw_far_end_name(out->state, f->far, f->proc, f->last_ns));
	}
}

/* ---- what is kept --------------------------------------------------------------------------- */

static void add_file(json_object *o, const struct nw_exe_file *f)
{
	char hash[NW_EXE_HASH_TEXT];

	nw_found_add_text(o, "file read", nw_exe_how_name(f->how));
	if (f->how == NW_EXE_READ) {
		nw_exe_hash_text(f, hash);
		nw_found_add_text(o, "SHA-256", hash);
	}
	if (f->owner) {
		nw_found_add_text(o, "package",
				  f->package[0] ? f->package : nw_exe_owner_name(f->owner));
	}
}

static void keep_file(struct nw_found *k, const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_exe_file *f = nw_exe_file_of(st, p);

	if (f) {
		k->file = *f;
		k->has_file = true;
		add_file(k->whole, f);
	}
}

/* What was read of a file comes behind the finding that it was read for. */
static void keep_file_of(const struct nw_output *out)
{
	for (unsigned i = 0; i < table.used; i++) {
		struct nw_found *k = &table.item[i];

		if (k->proc.tgid && nw_proc_id_is_same(&k->proc, &out->proc->id)) {
			keep_file(k, out->state, out->proc);
		}
	}
}

static void keep_curves(struct nw_found *k, const struct nw_finding *f)
{
	if (f->flow) {
		nw_curve_key_out(k->out_curve, f->flow->owner, f->flow->raddr);
	} else if (f->far) {
		nw_curve_key_out(k->out_curve, f->proc, f->far->addr);
	}
	if (f->camera) {
		nw_curve_key_in(k->in_curve, f->camera);
	}
}

/* That it is over is said beside what it was. Many an end has no evidence: then that before it stays. */
static void keep_words(struct nw_found *k, const struct nw_output *out)
{
	const struct nw_finding *f = out->finding;
	bool is_over = f->action == NW_FINDING_CLOSED;

	nw_found_put(k->over, sizeof(k->over), is_over ? f->reason : "");
	if (!is_over || !k->reason[0]) {
		nw_found_put(k->reason, sizeof(k->reason), f->reason);
	}
	if (is_over && !f->evidence_len && k->detail) {
		return;
	}
	free(k->detail);
	json_object_put(k->whole);
	nw_found_words(out, &k->detail, &k->whole);
	if (f->proc) {
		keep_file(k, out->state, f->proc);
	}
}

static int keep_finding(const struct nw_output *out)
{
	const struct nw_finding *f = out->finding;
	struct nw_found *k = get(f);

	table.last = k;
	if (!k) {
		return 0; /* counted; the end says it */
	}
	k->score = NW_MAX(k->score, f->score);
	nw_found_put(k->question, sizeof(k->question), f->question);
	k->confidence = f->confidence;
	k->severity = f->severity;
	k->action = f->action;
	k->outcome = f->outcome;
	k->first_ns = nw_state_wall_ns(out->state, f->first_ns);
	k->last_ns = nw_state_wall_ns(out->state, f->last_ns);
	k->count = f->count;
	if (f->proc) {
		nw_found_name_process(k->who, f->proc);
		k->pid = f->proc->id.tgid;
		k->proc = f->proc->id;
	}
	keep_peer(k, out);
	if (f->camera) {
		nw_camera_label(f->camera, k->camera);
		nw_addr_text(k->camera_address, f->camera->addr);
	}
	keep_curves(k, f);
	keep_words(k, out);
	return 0;
}

static int keep_open(const struct nw_sink_options *options, void **ret)
{
	(void)options;
	table.item = calloc(FINDINGS_MAX, sizeof(*table.item));
	*ret = &table;
	return table.item ? nw_curves_new(&table.curves) : -1;
}

static int keep_write(void *self, const struct nw_output *out)
{
	(void)self;
	if (out->dataset == NW_DATASET_FLOW) {
		nw_curves_flow(table.curves, out);
		return 0;
	}
	if (out->dataset == NW_DATASET_PROCESS) {
		if (out->action == NW_ACTION_IDENTIFIED) {
			keep_file_of(out);
		}
		return 0;
	}
	return keep_finding(out);
}

static int keep_flush(void *self)
{
	(void)self;
	return 0;
}

static void keep_close(void *self)
{
	(void)self;
	for (unsigned i = 0; i < table.used; i++) {
		free(table.item[i].detail);
		json_object_put(table.item[i].whole);
	}
	free(table.item);
	nw_curves_free(table.curves);
	table = (struct table){ .used = 0 };
}

const struct nw_sink nw_found_sink = {
	.name = "findings",
	.doc = "findings for the table of findings",
	.open = keep_open,
	.write = keep_write,
	.flush = keep_flush,
	.close = keep_close,
};

/* ---- reading -------------------------------------------------------------------------------- */

unsigned nw_found_count(void)
{
	return table.used;
}

const struct nw_found *nw_found_at(unsigned i)
{
	return &table.item[i];
}

const struct nw_found *nw_found_last(void)
{
	return table.last;
}

uint64_t nw_found_lost(void)
{
	return table.lost;
}

const struct nw_curves *nw_found_curves(void)
{
	return table.curves;
}

static int by_score(const void *a, const void *b)
{
	const struct nw_found *x = *(const struct nw_found *const *)a;
	const struct nw_found *y = *(const struct nw_found *const *)b;

	return x->score != y->score ? y->score - x->score : (int)x->number - (int)y->number;
}

const char *nw_found_state(const struct nw_found *k)
{
	if (k->action == NW_FINDING_CLOSED) {
		return "over";
	}
	return k->outcome == NW_OUTCOME_CANNOT_TELL ? "cannot tell" : "match";
}

const struct nw_found **nw_found_order(void)
{
	const struct nw_found **order = calloc(table.used + 1, sizeof(*order));

	for (unsigned i = 0; order && i < table.used; i++) {
		order[i] = &table.item[i];
	}
	if (order) {
		qsort(order, table.used, sizeof(const struct nw_found *), by_score);
	}
	return order;
}
