/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings: what indicators had to say, one line for each thing that goes on, the gravest first; with
 * a number, one of them whole: evidence, chain, coverage and both curves of bytes. From a recording,
 * or from watching this host for a while. Owns what it keeps of each; records' pointers are not kept.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "case.h"
#include "commands/command.h"
#include "curve.h"
#include "log.h"
#include "show.h"
#include "state/camera.h"
#include "util/parse.h"
#include "util/text.h"

#define FINDINGS_MAX	 4096
#define DEFAULT_DURATION (10 * NW_NSEC_PER_SEC)
#define TEXT		 96

struct kept {
	char rule[32];
	char key[NW_CASE_KEY];
	uint8_t score, confidence, severity;
	enum nw_finding_action action;
	enum nw_outcome outcome;
	uint64_t first_ns, last_ns; /* wall clock */
	uint64_t count;
	char who[TEXT], peer[TEXT], camera[NW_CAMERA_LABEL];
	char reason[256];
	char *detail; /* lines for people, of the last time it was told */
	char out_curve[NW_CURVE_KEY], in_curve[NW_CURVE_KEY];
	unsigned number; /* from 1, in the order of their opening */
};

struct table {
	struct kept *item;
	unsigned used;
	uint64_t lost; /* found no room */
	struct nw_curves *curves;
};

static struct table table; /* one command, one table */

static struct kept *get(const struct nw_finding *f)
{
	for (unsigned i = table.used; i-- > 0;) {
		struct kept *k = &table.item[i];

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

static void name_process(char buf[TEXT], const struct nw_proc *p)
{
	char name[64];

	put(name, sizeof(name), p->name);
	(void)snprintf(buf, TEXT, "%s[%u]", name, p->id.tgid);
}

static void name_peer(char buf[TEXT], const struct nw_flow *f)
{
	char addr[NW_ADDR_TEXT];
	char name[40];

	nw_addr_text(addr, f->raddr);
	put(name, sizeof(name), f->name);
	(void)snprintf(buf, TEXT, strchr(addr, ':') ? "%s [%s]:%u%s%s" : "%s %s:%u%s%s",
		       f->is_outbound ? "to" : "from", addr, f->rport, name[0] ? " " : "", name);
}

/* ---- one of them, whole --------------------------------------------------------------------- */

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

static void put_chain(FILE *out, const struct nw_chain *c)
{
	static const char *const via[] = { "pipe", "loopback", "Unix socket", "shared memory" };
	char who[TEXT];

	if (!c) {
		return;
	}
	(void)fputs("chain                    ", out);
	for (unsigned i = c->len; i-- > 0;) {
		name_process(who, c->link[i].proc);
		(void)fprintf(out, "%s%s%s%s", who, i ? " -(" : "", i ? via[c->link[i].via] : "",
			      i ? ")-> " : "\n");
	}
}

static void put_coverage(FILE *out, const struct nw_output *o)
{
	const struct nw_finding *f = o->finding;
	struct nw_coverage c;

	nw_coverage_of(o->state, NW_MIN(f->first_ns, f->last_ns), f->last_ns, &c);
	(void)fprintf(out, "coverage                 %.1f of %.1f s seen, %.1f s of them whole\n",
		      (double)c.observed_ns / 1e9, (double)c.window_ns / 1e9,
		      (double)c.full_ns / 1e9);
}

static char *detail_of(const struct nw_output *o)
{
	const struct nw_finding *f = o->finding;
	char *text = NULL;
	size_t len = 0;
	char exe[300];
	FILE *out = open_memstream(&text, &len);

	if (!out) {
		return NULL;
	}
	(void)fprintf(out, "question                 %s\n", f->question);
	if (f->proc) {
		put(exe, sizeof(exe), f->proc->exe);
		(void)fprintf(out, "executable               %s\n", exe);
	}
	if (f->proc && f->proc->unit[0]) {
		put(exe, sizeof(exe), f->proc->unit);
		(void)fprintf(out, "unit                     %s\n", exe);
	}
	put_chain(out, f->flow ? f->flow->chain : NULL);
	(void)fputs("evidence\n", out);
	put_evidence(out, f);
	put_coverage(out, o);
	for (unsigned i = 0; i < NW_TECHNIQUES_MAX && f->technique[i]; i++) {
		(void)fprintf(out, "%s%s", i ? ", " : "ATT&CK                   ", f->technique[i]);
	}
	(void)fprintf(out, "%sknown ways to be wrong   %s\n", f->technique[0] ? "\n" : "",
		      f->known_ways_to_be_wrong);
	(void)fclose(out);
	return text;
}

/* ---- what is kept --------------------------------------------------------------------------- */

static void keep_curves(struct kept *k, const struct nw_finding *f)
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
	struct kept *k = get(f);

	if (!k) {
		return 0; /* counted; the end says it */
	}
	k->score = NW_MAX(k->score, f->score);
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
	}
	if (f->flow) {
		name_peer(k->peer, f->flow);
	}
	if (f->camera) {
		nw_camera_label(f->camera, k->camera);
	}
	keep_curves(k, f);
	free(k->detail);
	k->detail = detail_of(out);
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
	}
	free(table.item);
	nw_curves_free(table.curves);
	table = (struct table){ .used = 0 };
}

static const struct nw_sink keep_sink = {
	.name = "findings",
	.doc = "findings for the table of findings",
	.open = keep_open,
	.write = keep_write,
	.flush = keep_flush,
	.close = keep_close,
};

/* ---- printing ------------------------------------------------------------------------------- */

static int by_score(const void *a, const void *b)
{
	const struct kept *x = *(const struct kept *const *)a;
	const struct kept *y = *(const struct kept *const *)b;

	return x->score != y->score ? y->score - x->score : (int)x->number - (int)y->number;
}

static const char *state_of(const struct kept *k)
{
	if (k->action == NW_FINDING_CLOSED) {
		return "over";
	}
	return k->outcome == NW_OUTCOME_CANNOT_TELL ? "cannot tell" : "match";
}

static void print_line(const struct kept *k)
{
	(void)printf("%4u %5u  %-18s %-11s %-20s %s%s%s%s%s\n", k->number, k->score, k->rule,
		     state_of(k), k->who[0] ? k->who : "-", k->peer, k->peer[0] ? "  " : "",
		     k->camera[0] ? "camera " : "", k->camera, k->camera[0] ? "  " : "");
	(void)printf("            %s\n", k->reason);
}

static void print_time(const char *label, uint64_t wall_ns)
{
	time_t second = (time_t)(wall_ns / NW_NSEC_PER_SEC);
	char text[40] = "";
	struct tm tm;

	if (localtime_r(&second, &tm)) {
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	}
	(void)printf("%-24s %s\n", label, text);
}

static void print_whole(const struct kept *k)
{
	(void)printf("%s: %s\n%s\n\n", k->rule, state_of(k), k->reason);
	(void)printf("%-24s %u (severity %u, confidence %u %%)\n", "score", k->score, k->severity,
		     k->confidence);
	(void)printf("%-24s %s\n", "key", k->key);
	print_time("first seen", k->first_ns);
	print_time("last seen", k->last_ns);
	(void)printf("%-24s %" PRIu64 "\n", "count", k->count);
	if (k->who[0]) {
		(void)printf("%-24s %s\n", "process", k->who);
	}
	if (k->peer[0]) {
		(void)printf("%-24s %s\n", "peer", k->peer);
	}
	if (k->camera[0]) {
		(void)printf("%-24s %s\n", "camera", k->camera);
	}
	(void)fputs(k->detail ? k->detail : "", stdout);
	nw_curves_print(table.curves, k->in_curve, k->out_curve);
}

static void print_all(void)
{
	const struct kept **order = calloc(table.used + 1, sizeof(*order));

	if (!order) {
		return;
	}
	for (unsigned i = 0; i < table.used; i++) {
		order[i] = &table.item[i];
	}
	qsort(order, table.used, sizeof(const struct kept *), by_score);
	if (table.used) {
		(void)printf("%4s %5s  %-18s %-11s %-20s %s\n", "NR", "SCORE", "INDICATOR",
			     "OUTCOME", "PROCESS", "PEER");
	}
	for (unsigned i = 0; i < table.used; i++) {
		print_line(order[i]);
	}
	free(order);
	if (!table.used) {
		(void)printf("no findings\n");
	}
	if (table.lost) {
		(void)printf("and %" PRIu64 " that found no room in this table\n", table.lost);
	}
}

static void print_table(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	const struct nw_options *opt = show->opt;
	struct nw_coverage c;
	uint64_t number;

	if (opt->format == NW_FORMAT_JSON) {
		return;
	}
	if (!opt->operand) {
		print_all();
	} else if (nw_parse_u64(opt->operand, 1, table.used, &number) == 0) {
		print_whole(&table.item[number - 1]);
	} else {
		(void)printf("no finding %s: there are %u\n", opt->operand, table.used);
	}
	nw_coverage_of_session(nw_pipeline_state(p), &c);
	(void)printf("%.1f s observed, %.1f s of them whole\n", (double)c.observed_ns / 1e9,
		     (double)c.full_ns / 1e9);
}

static int findings_run(const struct nw_options *opt)
{
	bool is_json = opt->format == NW_FORMAT_JSON;
	struct nw_show show = { .opt = opt,
				.only = 1U << NW_DATASET_FINDING,
				.flow_interval_ns = NW_NSEC_PER_SEC,
				.sink = is_json ? NULL : &keep_sink };
	struct nw_live_options live = nw_show_live(opt);
	uint64_t number;

	if (opt->operand && nw_parse_u64(opt->operand, 1, FINDINGS_MAX, &number) < 0) {
		nw_err("'%s' is not the number of a finding", opt->operand);
		return NW_EXIT_USAGE;
	}
	show.only |= is_json ? 0 : 1U << NW_DATASET_FLOW; /* for the curves */
	if (opt->file) {
		return nw_show_recording(&show, opt->file, print_table);
	}
	live.flow_interval_s = 1;
	if (!live.duration_ns) {
		live.duration_ns = DEFAULT_DURATION;
	}
	if (!is_json) {
		(void)printf("watching this host for %.1f s; a recording is read with --file\n",
			     (double)live.duration_ns / 1e9);
		(void)fflush(stdout);
	}
	return nw_live_run(&live, nw_show_add, print_table, &show);
}

const struct nw_command nw_command_findings = {
	.name = "findings",
	.args = "[NUMBER]",
	.doc = "what indicators had to say, the gravest first; with a number, one of them whole",
	.flags = "gdofcbni",
	.run = findings_run,
};
