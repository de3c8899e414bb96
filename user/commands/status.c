/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: how much is seen, and what is not: hooks, time covered, what the kernel counted and no flow
 * explains, losses by cause. From watching for a while, or as a recording has it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands/command.h"
#include "event.h"
#include "plain_put.h"
#include "show.h"
#include "state/balance.h"
#include "state/coverage.h"
#include "util/text.h"

#define DEFAULT_DURATION (10 * NW_NSEC_PER_SEC)

static struct nw_status_record last; /* all of this command's that is kept */

static int keep_open(const struct nw_sink_options *opt, void **ret)
{
	(void)opt;
	last = (struct nw_status_record){};
	*ret = NULL;
	return 0;
}

static int keep_write(void *self, const struct nw_output *out)
{
	(void)self;
	last = *out->status;
	return 0;
}

static const struct nw_sink keep_sink = {
	.name = "status",
	.doc = "the last heartbeat",
	.open = keep_open,
	.write = keep_write,
};

/* ---- rows: a word and what is so ------------------------------------------------------------- */

static void print_escaped(const char *text)
{
	char buf[4 * NW_FACT_VALUE_MAX + 1];

	nw_text_escape(buf, sizeof(buf), text, strlen(text));
	printf("%s", buf);
}

static void print_fact(const char *word, const struct nw_state *st, const char *key)
{
	const char *value = nw_fact_find(st, key);

	if (value) {
		printf("%-9s ", word);
		print_escaped(value);
		printf("\n");
	}
}

static void print_hooks(const struct nw_state *st)
{
	const char *name, *said;

	for (unsigned i = 0; (name = nw_hook_said(st, i, &said)); i++) {
		printf("hook      %-16s ", name);
		print_escaped(said ? said : "nothing is known of it");
		printf("\n");
	}
}

static void print_roots(const struct nw_state *st)
{
	char text[NW_FACT_VALUE_MAX + 2];

	for (unsigned i = 0; nw_root_said(st, i, text); i++) {
		printf("files     ");
		print_escaped(text);
		printf("\n");
	}
}

static void print_why(uint32_t why)
{
	const char *before = " (";

	for (unsigned i = 0; nw_gap_name(i); i++) {
		if (why & 1U << i) {
			printf("%s%s", before, nw_gap_name(i));
			before = ", ";
		}
	}
	printf("%s\n", why ? ")" : "");
}

static void print_coverage(const struct nw_state *st)
{
	struct nw_coverage c;

	nw_coverage_of_session(st, &c);
	printf("covered   %.1f s observed, all of it for %.1f s", (double)c.observed_ns / 1e9,
	       (double)c.full_ns / 1e9);
	print_why(c.why);
	nw_coverage_of_all(st, &c);
	if (c.starts > 1) {
		printf("before    of %.1f h since the first day %.1f h observed in %u sessions, all "
		       "of it for %.1f h",
		       (double)c.window_ns / 3.6e12, (double)c.observed_ns / 3.6e12, c.starts,
		       (double)c.full_ns / 3.6e12);
		print_why(c.why);
	}
}

/* When which hook was off, the newest first. */
static void print_offs(const struct nw_state *st)
{
	const struct nw_hook_off *off;

	for (unsigned i = 0; (off = nw_hook_off_at(st, i)); i++) {
		char from[NW_SHOW_TIME], to[NW_SHOW_TIME];

		nw_show_time(from, nw_state_wall_ns(st, (uint64_t)off->from_ns));
		nw_show_time(to, nw_state_wall_ns(st, (uint64_t)off->to_ns));
		printf("off       %-16s %s to %s\n", nw_hook_name((unsigned)off->hook), from, to);
	}
}

static void print_side(const char *way, const struct nw_balance_side *s)
{
	uint64_t missed = nw_balance_missed(s);
	uint64_t off = missed ? missed : nw_balance_surplus(s);
	char kernel[8];
	char bytes[8];

	nw_text_bytes(kernel, s->kernel);
	nw_text_bytes(bytes, off);
	printf("balance   %s: of %s that the kernel counted flows %s %s (%.3f %%)\n", way, kernel,
	       off > missed ? "have too much by" : "do not explain", bytes,
	       (double)nw_balance_ppm(off, s->kernel) / 1e4);
}

static void print_balance(const struct nw_state *st)
{
	const struct nw_balance *b = nw_balance_of(st);
	const char *why_not = b ? nw_balance_why_not(st, &b->all) : NULL;

	if (!b) {
		printf("balance   the kernel's counters were not read twice yet\n");
	} else if (why_not) {
		printf("balance   not comparable: %s\n", why_not);
	} else {
		print_side("in", &b->all.side[NW_WAY_IN]);
		print_side("out", &b->all.side[NW_WAY_OUT]);
	}
}

static void print_losses(const struct nw_state *st)
{
	bool any = false;

	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		uint64_t n = nw_state_loss(st, (enum nw_loss)i);

		if (n) {
			printf("lost      %-16s %" PRIu64 "\n", nw_loss_name((enum nw_loss)i), n);
			any = true;
		}
	}
	if (!any) {
		printf("lost      nothing\n");
	}
}

static void print_status(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	const struct nw_state *st = nw_pipeline_state(p);

	if (show->opt->format == NW_FORMAT_JSON) {
		return;
	}
	print_fact("host", st, "host.name");
	print_fact("kernel", st, "kernel.release");
	print_fact("session", st, "session.id");
	print_fact("config", st, "config.hash");
	print_hooks(st);
	print_roots(st);
	print_fact("changes", st, "changes");
	print_coverage(st);
	print_offs(st);
	print_balance(st);
	printf("tables    %" PRIu64 " flows, %" PRIu64 " processes, %" PRIu64 " listeners, %" PRIu64
	       " names\n",
	       last.flows, last.processes, last.listeners, last.names);
	printf("events    %" PRIu64 " taken in, %" PRIu64 " records made of them\n", last.events,
	       last.records);
	print_losses(st);
}

static int status_run(const struct nw_options *opt)
{
	bool is_json = opt->format == NW_FORMAT_JSON;
	struct nw_show show = { .opt = opt,
				.only = 1U << NW_DATASET_STATUS,
				.sink = is_json ? NULL : &keep_sink };

	return nw_show_table(&show, DEFAULT_DURATION, print_status);
}

const struct nw_command nw_command_status = {
	.name = "status",
	.args = "",
	.doc = "how much is seen: hooks, time covered, what is not explained, losses by cause",
	.flags = "gdofcbn",
	.run = status_run,
};
