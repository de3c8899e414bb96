/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what was found. Owns what it keeps of each; records' pointers are not kept. */
#include "found.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "nw_hooks.h"
#include "state/camera.h"
#include "state/coverage.h"
#include "util/text.h"

#define FINDINGS_MAX 4096
#define FILE_TEXT    64
#define CLOCK_TEXT   80

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

static void put(char *buf, size_t size, const char *text)
{
	(void)nw_text_escape(buf, size, text, strlen(text));
}

static void name_process(char buf[NW_FOUND_TEXT], const struct nw_proc *p)
{
	char name[64];

	put(name, sizeof(name), p->name);
	(void)snprintf(buf, NW_FOUND_TEXT, "%s[%u]", name, p->id.tgid);
}

static void name_peer(char buf[NW_FOUND_TEXT], const struct nw_flow *f)
{
	char addr[NW_ADDR_TEXT];
	char name[40];

	nw_addr_text(addr, f->raddr);
	put(name, sizeof(name), f->name);
	(void)snprintf(buf, NW_FOUND_TEXT, strchr(addr, ':') ? "%s [%s]:%u%s%s" : "%s %s:%u%s%s",
		       f->is_outbound ? "to" : "from", addr, f->rport, name[0] ? " " : "", name);
}

/* ---- one of them, whole --------------------------------------------------------------------- */

/* The one that a process runs, whatever its path leads to by now. */
static const char *file_text(const struct nw_proc *p, char ret[FILE_TEXT])
{
	(void)snprintf(ret, FILE_TEXT, "inode %" PRIu64 " of device %u:%u", p->exe_ino,
		       p->exe_dev >> 20, p->exe_dev & 0xfffff);
	return ret;
}

static void put_evidence(FILE *out, const struct nw_finding *f)
{
	for (unsigned i = 0; i < f->evidence_len; i++) {
		const struct nw_evidence *e = &f->evidence[i];
		char text[256];

		if (e->text) {
			put(text, sizeof(text), e->text);
			(void)fprintf(out, "  %-22s %s\n", e->key, text);
		} else {
			(void)fprintf(out, "  %-22s %" PRIu64 "\n", e->key, e->number);
		}
	}
}

static void put_links(FILE *out, const struct nw_chain *c)
{
	static const char *const via[] = { "pipe", "loopback", "Unix socket", "shared memory" };
	char who[NW_FOUND_TEXT];

	for (unsigned i = c->len; i-- > 0;) {
		name_process(who, c->link[i].proc);
		(void)fprintf(out, "%s%s%s%s", who, i ? " -(" : "", i ? via[c->link[i].via] : "",
			      i ? ")-> " : "");
	}
}

static void put_chain(FILE *out, const struct nw_chain *c)
{
	if (c) {
		(void)fputs("chain                    ", out);
		put_links(out, c);
		(void)fputs("\n", out);
	}
}

struct window {
	struct nw_coverage c;
	uint64_t hooks_off;
};

static struct window window_of(const struct nw_output *o)
{
	struct window w;
	uint64_t from;
	uint64_t to;

	nw_finding_window(o->finding, &from, &to);
	nw_coverage_of(o->state, from, to, &w.c);
	w.hooks_off = nw_hooks_off(o->state, from, to);
	return w;
}

static const char *clock_text(const struct nw_state *st, char ret[CLOCK_TEXT])
{
	const struct nw_clock *c = nw_clock_of(st);

	if (!c) {
		return "not known whether synchronised";
	}
	(void)snprintf(ret, CLOCK_TEXT, "synchronised, wrong by at most %" PRIu64 " ms",
		       c->max_error_us / 1000 + (c->max_error_us % 1000 > 0));
	return c->is_synchronised ? ret : "not synchronised";
}

static void put_coverage(FILE *out, const struct window *w)
{
	(void)fprintf(out, "coverage                 %.1f of %.1f s seen, %.1f s of them whole",
		      (double)w->c.observed_ns / 1e9, (double)w->c.window_ns / 1e9,
		      (double)w->c.full_ns / 1e9);
	for (unsigned i = 0, n = 0; nw_gap_name(i); i++) {
		if (w->c.why & 1U << i) {
			(void)fprintf(out, "%s%s", n++ ? ", " : "; why not all: ", nw_gap_name(i));
		}
	}
	(void)fputs("\n", out);
	for (unsigned i = 0, n = 0; i < _NW_HOOK_MAX; i++) {
		if (w->hooks_off & 1ULL << i) {
			(void)fprintf(out, "%s%s", n++ ? ", " : "hooks off                ",
				      nw_hook_name(i));
		}
	}
	(void)fputs(w->hooks_off ? "\n" : "", out);
}

static const char *chain_text(const struct nw_chain *c, char buf[512])
{
	FILE *out = fmemopen(buf, 512, "w");

	buf[0] = '\0';
	if (out) {
		put_links(out, c);
		(void)fclose(out);
	}
	buf[511] = '\0';
	return buf;
}

static void add_text(json_object *o, const char *key, const char *value)
{
	char text[512];

	put(text, sizeof(text), value);
	(void)json_object_object_add(o, key, json_object_new_string(text));
}

static void add_seconds(json_object *o, const char *key, uint64_t ns)
{
	(void)json_object_object_add(o, key, json_object_new_double((double)ns / 1e9));
}

static json_object *names_of(uint64_t bits, const char *(*name)(unsigned i), unsigned max)
{
	json_object *names = json_object_new_array();

	for (unsigned i = 0; i < max && name(i); i++) {
		if (bits & 1ULL << i) {
			(void)json_object_array_add(names, json_object_new_string(name(i)));
		}
	}
	return names;
}

static void add_coverage(json_object *o, const struct window *w)
{
	json_object *coverage = json_object_new_object();

	add_seconds(coverage, "window_seconds", w->c.window_ns);
	add_seconds(coverage, "observed_seconds", w->c.observed_ns);
	add_seconds(coverage, "whole_seconds", w->c.full_ns);
	(void)json_object_object_add(coverage, "why not all", names_of(w->c.why, nw_gap_name, 32));
	(void)json_object_object_add(coverage, "hooks off",
				     names_of(w->hooks_off, nw_hook_name, _NW_HOOK_MAX));
	(void)json_object_object_add(o, "coverage", coverage);
}

static json_object *whole_of(const struct nw_output *out, const struct window *w)
{
	const struct nw_finding *f = out->finding;
	json_object *o = json_object_new_object();
	json_object *evidence = json_object_new_object();
	json_object *techniques = json_object_new_array();
	char chain[512];
	char file[FILE_TEXT];
	char clock[CLOCK_TEXT];

	if (f->proc) {
		add_text(o, "executable", f->proc->exe);
	}
	if (f->proc && f->proc->exe_ino) {
		add_text(o, "file", file_text(f->proc, file));
	}
	if (f->flow && f->flow->chain) {
		add_text(o, "chain", chain_text(f->flow->chain, chain));
	}
	for (unsigned i = 0; i < f->evidence_len; i++) {
		const struct nw_evidence *e = &f->evidence[i];

		if (e->text) {
			add_text(evidence, e->key, e->text);
		} else {
			(void)json_object_object_add(evidence, e->key,
						     json_object_new_uint64(e->number));
		}
	}
	for (unsigned i = 0; i < NW_TECHNIQUES_MAX && f->technique[i]; i++) {
		(void)json_object_array_add(techniques, json_object_new_string(f->technique[i]));
	}
	(void)json_object_object_add(o, "evidence", evidence);
	add_text(o, "clock", clock_text(out->state, clock));
	add_coverage(o, w);
	(void)json_object_object_add(o, "ATT&CK", techniques);
	add_text(o, "known ways to be wrong", f->known_ways_to_be_wrong);
	return o;
}

static char *detail_of(const struct nw_output *o, const struct window *w)
{
	const struct nw_finding *f = o->finding;
	char *text = NULL;
	size_t len = 0;
	char exe[300];
	char clock[CLOCK_TEXT];
	FILE *out = open_memstream(&text, &len);

	if (!out) {
		return NULL;
	}
	(void)fprintf(out, "question                 %s\n", f->question);
	if (f->proc) {
		put(exe, sizeof(exe), f->proc->exe);
		(void)fprintf(out, "executable               %s\n", exe);
	}
	if (f->proc && f->proc->exe_ino) {
		(void)fprintf(out, "file                     %s\n", file_text(f->proc, exe));
	}
	if (f->proc && f->proc->unit[0]) {
		put(exe, sizeof(exe), f->proc->unit);
		(void)fprintf(out, "unit                     %s\n", exe);
	}
	put_chain(out, f->flow ? f->flow->chain : NULL);
	(void)fputs("evidence\n", out);
	put_evidence(out, f);
	(void)fprintf(out, "clock                    %s\n", clock_text(o->state, clock));
	put_coverage(out, w);
	for (unsigned i = 0; i < NW_TECHNIQUES_MAX && f->technique[i]; i++) {
		(void)fprintf(out, "%s%s", i ? ", " : "ATT&CK                   ", f->technique[i]);
	}
	(void)fprintf(out, "%sknown ways to be wrong   %s\n", f->technique[0] ? "\n" : "",
		      f->known_ways_to_be_wrong);
	(void)fclose(out);
	return text;
}

/* ---- what is kept --------------------------------------------------------------------------- */

static void add_file(json_object *o, const struct nw_exe_file *f)
{
	char hash[NW_EXE_HASH_TEXT];

	add_text(o, "file read", nw_exe_how_name(f->how));
	if (f->how == NW_EXE_READ) {
		nw_exe_hash_text(f, hash);
		add_text(o, "SHA-256", hash);
	}
	if (f->owner) {
		add_text(o, "package", f->package[0] ? f->package : nw_exe_owner_name(f->owner));
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
		nw_curve_key_out(k->out_curve, f->flow);
	}
	if (f->camera) {
		nw_curve_key_in(k->in_curve, f->camera);
	}
}

static int keep_finding(const struct nw_output *out)
{
	const struct nw_finding *f = out->finding;
	struct nw_found *k = get(f);
	struct window w;

	table.last = k;
	if (!k) {
		return 0; /* counted; the end says it */
	}
	k->score = NW_MAX(k->score, f->score);
	put(k->question, sizeof(k->question), f->question);
	k->confidence = f->confidence;
	k->severity = f->severity;
	k->action = f->action;
	k->outcome = f->outcome;
	k->first_ns = nw_state_wall_ns(out->state, f->first_ns);
	k->last_ns = nw_state_wall_ns(out->state, f->last_ns);
	k->count = f->count;
	put(k->reason, sizeof(k->reason), f->reason);
	if (f->proc) {
		name_process(k->who, f->proc);
		k->pid = f->proc->id.tgid;
		k->proc = f->proc->id;
	}
	if (f->flow) {
		name_peer(k->peer, f->flow);
	}
	if (f->camera) {
		nw_camera_label(f->camera, k->camera);
		nw_addr_text(k->camera_address, f->camera->addr);
	}
	keep_curves(k, f);
	w = window_of(out);
	free(k->detail);
	k->detail = detail_of(out, &w);
	json_object_put(k->whole);
	k->whole = whole_of(out, &w);
	if (f->proc) {
		keep_file(k, out->state, f->proc);
	}
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
