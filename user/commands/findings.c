/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings: what indicators had to say, one line for each thing that goes on, the gravest first; with
 * a number, one of them whole: evidence, chain, coverage and both curves of bytes. From a recording,
 * or from watching this host for a while.
 */
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

static void print_whole(const struct nw_found *k)
{
	char key[2 * NW_CASE_KEY];

	(void)nw_text_escape(key, sizeof(key), k->key, strlen(k->key));
	(void)printf("%s: %s\n%s\n\n", k->rule, nw_found_state(k), k->reason);
	(void)printf("%-24s %u (severity %u, confidence %u %%)\n", "score", k->score, k->severity,
		     k->confidence);
	(void)printf("%-24s %s\n", "key", key);
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
	nw_curves_print(nw_found_curves(), k->in_curve, k->out_curve);
}

static void print_all(void)
{
	const struct nw_found **order = nw_found_order();

	if (nw_found_count()) {
		(void)printf("%4s %5s  %-18s %-11s %-20s %s\n", "NR", "SCORE", "INDICATOR",
			     "OUTCOME", "PROCESS", "PEER");
	}
	for (unsigned i = 0; order && i < nw_found_count(); i++) {
		print_line(order[i]);
	}
	free(order);
	if (!nw_found_count()) {
		(void)printf("no findings\n");
	}
	if (nw_found_lost()) {
		(void)printf("and %" PRIu64 " that found no room in this table\n", nw_found_lost());
	}
}

static void print_table(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	const struct nw_options *opt = show->opt;
	uint64_t number;

	if (opt->format == NW_FORMAT_JSON) {
		return;
	}
	if (!opt->operand) {
		print_all();
	} else if (nw_parse_u64(opt->operand, 1, nw_found_count(), &number) == 0) {
		print_whole(nw_found_at((unsigned)number - 1));
	} else {
		(void)printf("no finding %s: there are %u\n", opt->operand, nw_found_count());
	}
	nw_show_coverage(p);
}

static int findings_run(const struct nw_options *opt)
{
	bool is_json = opt->format == NW_FORMAT_JSON;
	struct nw_show show = { .opt = opt,
				.only = 1U << NW_DATASET_FINDING,
				.flow_interval_ns = NW_NSEC_PER_SEC,
				.flow_interval_s = 1,
				.sink = is_json ? NULL : &nw_found_sink };
	uint64_t number;

	if (opt->operand && nw_parse_u64(opt->operand, 1, UINT32_MAX, &number) < 0) {
		nw_err("'%s' is not the number of a finding", opt->operand);
		return NW_EXIT_USAGE;
	}
	show.only |= is_json ? 0 : 1U << NW_DATASET_FLOW; /* for the curves */
	return nw_show_table(&show, DEFAULT_DURATION, print_table);
}

const struct nw_command nw_command_findings = {
	.name = "findings",
	.args = "[NUMBER]",
	.doc = "what indicators had to say, the gravest first; with a number, one of them whole",
	.flags = "gdofcbni",
	.run = findings_run,
};
