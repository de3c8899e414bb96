/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings: what indicators had to say, one line for each thing that goes on, the gravest first; with
 * a number of that table, or the event.id of a record, one of them whole: evidence, chain, coverage and
 * both curves of bytes. From a recording, or from watching this host for a while.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands/command.h"
#include "found.h"
#include "log.h"
#include "show.h"
#include "util/parse.h"
#include "util/text.h"

#define DEFAULT_DURATION (10 * NW_NSEC_PER_SEC)

static void print_line(const struct nw_found *k)
{
	(void)printf("%4u %5u  %-18s %-11s %-20s %s%s%s%s%s\n", k->number, k->score, k->rule,
		     nw_found_state(k), k->who[0] ? k->who : "-", k->peer, k->peer[0] ? "  " : "",
		     k->camera[0] ? "camera " : "", k->camera, k->camera[0] ? "  " : "");
	(void)printf("            %s\n", k->reason);
}

static void print_time(const char *label, uint64_t wall_ns)
{
	char text[NW_SHOW_TIME];

	nw_show_time(text, wall_ns);
	(void)printf("%-24s %s\n", label, text);
}

static void print_file(const struct nw_exe_file *f)
{
	char hash[NW_EXE_HASH_TEXT];

	if (f->how == NW_EXE_READ) {
		nw_exe_hash_text(f, hash);
		(void)printf("%-24s %s\n", "SHA-256", hash);
	} else {
		(void)printf("%-24s %s\n", "its program was not read", nw_exe_how_name(f->how));
	}
	if (f->mtime_ns) {
		(void)printf("%-24s %" PRIu64 " bytes\n", "size", f->size);
		print_time("last changed", f->mtime_ns);
	}
	if (f->owner) {
		(void)printf("%-24s %s\n", "package",
			     f->package[0] ? f->package : nw_exe_owner_name(f->owner));
	}
}

static void print_whole(const struct nw_found *k)
{
	char key[2 * NW_CASE_KEY];

	(void)nw_text_escape(key, sizeof(key), k->key, strlen(k->key));
	(void)printf("%s: %s\n%s\n%s%s\n", k->rule, nw_found_state(k), k->reason, k->over,
		     k->over[0] ? "\n" : "");
	(void)printf("%-24s %u (severity %u, confidence %u %%)\n", "score", k->score, k->severity,
		     k->confidence);
	(void)printf("%-24s %s\n", "key", key);
	print_time("first seen", k->first_ns);
	print_time("last seen", k->last_ns);
	(void)printf("%-24s %" PRIu64 "\n", "count", k->count);
	if (k->who[0]) {
		(void)printf("%-24s %s\n", "process", k->who);
	}
	if (k->has_file) {
		print_file(&k->file);
	}
	if (k->peer[0]) {
		(void)printf("%-24s %s\n", "peer", k->peer);
	}
	if (k->camera[0]) {
		(void)printf("%-24s %s\n", "camera", k->camera);
	}
	(void)fputs(k->detail ? k->detail : "", stdout);
	nw_curves_print(nw_found_curves(), k->in_curve, k->out_curve);
}

/* ---- which of them --------------------------------------------------------------------------- */

/* One run of the command: findings go to the table, and those that are wanted to the lines of -o json. */
static struct {
	const struct nw_options *opt;
	const struct nw_sink *lines; /* NULL: a table for people */
	void *kept, *printed;
	bool is_event;	 /* the operand is a record's event.id */
	unsigned number; /* the one that is wanted; 0 = all */
} run;

static bool is_of_process(const struct nw_found *k, const char *wanted)
{
	size_t len = strcspn(k->who, "[");
	uint64_t pid;

	return k->pid && (nw_parse_u64(wanted, 1, UINT32_MAX, &pid) == 0
				  ? pid == k->pid
				  : len == strlen(wanted) && strncmp(k->who, wanted, len) == 0);
}

/* score: of the record, or the highest of all of them */
static bool is_wanted(const struct nw_found *k, unsigned score)
{
	const struct nw_options *opt = run.opt;

	return score >= opt->score && (!opt->question || strcmp(k->question, opt->question) == 0) &&
	       (!opt->camera || strcmp(k->camera, opt->camera) == 0 ||
		strcmp(k->camera_address, opt->camera) == 0) &&
	       (!opt->process || is_of_process(k, opt->process));
}

/* As the record has it (user/ecs.c). */
static bool is_event(const struct nw_output *out, const char *id)
{
	const char *session = nw_fact_find(out->state, "session.id");
	char text[512];

	(void)snprintf(text, sizeof(text), "%s-%" PRIu64, session ? session : "", out->sequence);
	return strcmp(text, id) == 0;
}

static int open_both(const struct nw_sink_options *options, void **ret)
{
	int r = nw_found_sink.open(options, &run.kept);

	*ret = &run;
	return r < 0 || !run.lines ? r : run.lines->open(options, &run.printed);
}

static int write_both(NW_UNUSED void *self, const struct nw_output *out)
{
	int r = nw_found_sink.write(run.kept, out);
	const struct nw_found *k = nw_found_last();
	bool is_it;

	if (r < 0 || !k || out->dataset != NW_DATASET_FINDING) {
		return r;
	}
	is_it = run.is_event ? is_event(out, run.opt->operand)
			     : !run.number || run.number == k->number;
	if (is_it && run.is_event) {
		run.number = k->number;
	}
	return run.lines && is_it && is_wanted(k, out->finding->score)
		       ? run.lines->write(run.printed, out)
		       : 0;
}

static int flush_both(NW_UNUSED void *self)
{
	return run.lines && run.lines->flush ? run.lines->flush(run.printed) : 0;
}

static void close_both(NW_UNUSED void *self)
{
	if (run.lines && run.lines->close) {
		run.lines->close(run.printed);
	}
	nw_found_sink.close(run.kept);
}

static const struct nw_sink both_sinks = {
	.name = "findings",
	.doc = "findings for the table, and as lines",
	.open = open_both,
	.write = write_both,
	.flush = flush_both,
	.close = close_both,
};

/* ---- the table ------------------------------------------------------------------------------- */

static void print_all(void)
{
	const struct nw_found **order = nw_found_order();
	unsigned printed = 0;

	for (unsigned i = 0; order && i < nw_found_count(); i++) {
		if (!is_wanted(order[i], order[i]->score)) {
			continue;
		}
		if (printed++ == 0) {
			(void)printf("%4s %5s  %-18s %-11s %-20s %s\n", "NR", "SCORE", "INDICATOR",
				     "OUTCOME", "PROCESS", "PEER");
		}
		print_line(order[i]);
	}
	free(order);
	if (!printed && nw_found_count()) {
		(void)printf("none of %u findings is such a one\n", nw_found_count());
	} else if (!printed) {
		(void)printf("no findings\n");
	}
	if (nw_found_lost()) {
		(void)printf("and %" PRIu64 " that found no room in this table\n", nw_found_lost());
	}
}

static void print_table(NW_UNUSED void *ctx, const struct nw_pipeline *p)
{
	if (run.lines) {
		return;
	}
	if (!run.opt->operand) {
		print_all();
	} else if (run.number && run.number <= nw_found_count()) {
		print_whole(nw_found_at(run.number - 1));
	} else {
		char text[128];

		(void)nw_text_escape(text, sizeof(text), run.opt->operand,
				     strlen(run.opt->operand));
		(void)printf("no finding %s: there are %u\n", text, nw_found_count());
	}
	nw_show_coverage(p);
}

/* A number of the table, or "33d7774dcd564c9c-418". */
static int set_operand(const char *operand)
{
	uint64_t number;

	if (nw_parse_u64(operand, 1, UINT32_MAX, &number) == 0) {
		run.number = (unsigned)number;
		return 0;
	}
	run.is_event = strchr(operand, '-') != NULL;
	return run.is_event ? 0 : -EINVAL;
}

static int findings_run(const struct nw_options *opt)
{
	bool is_json = opt->format == NW_FORMAT_JSON;
	struct nw_show show = { .opt = opt,
				.only = 1U << NW_DATASET_FINDING | 1U << NW_DATASET_PROCESS,
				.flow_interval_s = 1,
				.sink = &both_sinks };

	run = (typeof(run)){ .opt = opt, .lines = is_json ? nw_sink_find("jsonl") : NULL };
	if (opt->operand && set_operand(opt->operand) < 0) {
		nw_err("'%s' is neither the number of a finding nor the event.id of one",
		       opt->operand);
		return NW_EXIT_USAGE;
	}
	if (!is_json) { /* for the curves */
		show.only |= 1U << NW_DATASET_FLOW;
	}
	if (!is_json && !run.is_event) { /* else records are to be numbered as they were */
		show.flow_interval_ns = NW_NSEC_PER_SEC;
	}
	return nw_show_table(&show, DEFAULT_DURATION, print_table);
}

const struct nw_command nw_command_findings = {
	.name = "findings",
	.args = "[ID]",
	.verb = "show",
	.doc = "what indicators had to say, the gravest first; with a number, one of them whole",
	.flags = "gdofcbniw",
	.run = findings_run,
};
