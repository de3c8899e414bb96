/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the six questions that a parliament asks, each with its answer, what it rests on, how much
 * of the time was seen, and what could not be told. Markdown, or one JSON object. From a recording,
 * or from watching this host for a while. It answers for this host and this time, and says so.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "found.h"
#include "show.h"
#include "state/coverage.h"
#include "state/policy.h"
#include "util/text.h"

#define DEFAULT_DURATION (60 * NW_NSEC_PER_SEC)

/* One question: which findings answer it, and what nvrwatch cannot tell about it at all. */
struct question {
	const char *title;
	const char *word; /* nw_finding::question; NULL: no findings, answered by tell() */
	const char *limits;
	void (*tell)(json_object *answer, const struct nw_state *st);
};

static json_object *text(const char *value)
{
	return json_object_new_string(value);
}

static json_object *number(uint64_t value)
{
	return json_object_new_uint64(value);
}

static void put(json_object *o, const char *key, json_object *value)
{
	(void)json_object_object_add(o, key, value);
}

static void say(json_object *answer, const char *fmt, ...) NW_PRINTF(2, 3);

static void say(json_object *answer, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	put(answer, "answer", text(line));
}

/* ---- what is answered by state ---------------------------------------------------------------- */

static json_object *camera_row(const struct nw_camera *c)
{
	json_object *row = json_object_new_object();
	char label[NW_CAMERA_LABEL];
	char addr[NW_ADDR_TEXT];

	nw_camera_label(c, label);
	nw_addr_text(addr, c->addr);
	put(row, "camera", text(label));
	put(row, "address", text(addr));
	put(row, "confidence", number(c->confidence));
	put(row, "bytes", number(c->rx_bytes));
	put(row, "sends media", json_object_new_boolean(c->media_ns != 0));
	return row;
}

static void tell_cameras(json_object *answer, const struct nw_state *st)
{
	json_object *rows = json_object_new_array();
	const struct nw_camera *c = NULL;
	unsigned n = 0;

	while ((c = nw_camera_next(st, c))) {
		(void)json_object_array_add(rows, camera_row(c));
		n++;
	}
	say(answer, "%u camera%s had contact with this host.", n, n == 1 ? "" : "s");
	put(answer, "cameras", rows);
}

static void tell_software(json_object *answer, const struct nw_state *st)
{
	const struct nw_config *c = nw_state_config(st);

	say(answer,
	    "Not by this version: it observes and refuses nothing. %u destinations and %u listening ports are "
	    "declared; what is not declared is what a firewall would have to refuse.",
	    c->allowed_count, c->listeners_count);
}

#define HISTORY_MAX 160

/* Of earlier sessions, when any was kept. */
static void say_history(const struct nw_state *st, char ret[HISTORY_MAX])
{
	struct nw_coverage c;

	nw_coverage_of_all(st, &c);
	ret[0] = '\0';
	if (c.starts > 1 && c.window_ns) {
		(void)snprintf(
			ret, HISTORY_MAX,
			" Since the first day, %.1f days ago, %.1f %% of the time was observed in "
			"%u sessions, and %.1f %% whole.",
			(double)c.window_ns / 86400e9,
			(double)c.observed_ns * 100 / (double)c.window_ns, c.starts,
			(double)c.full_ns * 100 / (double)c.window_ns);
	}
}

static void tell_trust(json_object *answer, const struct nw_state *st)
{
	char history[HISTORY_MAX];
	json_object *losses = json_object_new_object();
	struct nw_coverage c;
	uint64_t lost = 0;

	nw_coverage_of_session(st, &c);
	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		uint64_t n = nw_state_loss(st, (enum nw_loss)i);

		lost += n;
		if (n) {
			put(losses, nw_loss_name((enum nw_loss)i), number(n));
		}
	}
	say_history(st, history);
	say(answer, "%.1f s were observed, %.1f s of them whole; %" PRIu64 " things were lost.%s",
	    (double)c.observed_ns / 1e9, (double)c.full_ns / 1e9, lost, history);
	put(answer, "losses", losses);
}

static const struct question questions[] = {
	{ "How many cameras of which maker are there, and where?", NULL,
	  "Cameras that this host has no contact with are not seen. A brand does not prove a maker.",
	  tell_cameras },
	{ "Can someone outside watch live? Is someone?", "live",
	  "A picture that leaves a camera by another way than through this host is not seen.",
	  NULL },
	{ "Can someone watch afterwards?", "afterwards",
	  "What is read without passing a file below a recording root, or leaves on a disk that is "
	  "carried away, is not seen.",
	  NULL },
	{ "Is there a back door?", "back door",
	  "What is silent while nobody looks is not seen, nor what is in a camera itself.", NULL },
	{ "Can it be closed in software?", NULL,
	  "Whether a firewall in front of this host refuses it.", tell_software },
	{ "How far can this be trusted?", "trust",
	  "Whoever has full rights on this host can deceive every program on it.", tell_trust },
};

/* ---- findings --------------------------------------------------------------------------------- */

static json_object *finding_row(const struct nw_found *f)
{
	json_object *row = json_object_new_object();

	put(row, "number", number(f->number));
	put(row, "score", number(f->score));
	put(row, "indicator", text(f->rule));
	put(row, "outcome", text(nw_found_state(f)));
	put(row, "process", text(f->who));
	put(row, "peer", text(f->peer));
	put(row, "camera", text(f->camera));
	put(row, "reason", text(f->reason));
	return row;
}

static void tell_findings(json_object *answer, const struct question *q)
{
	const struct nw_found **order = nw_found_order();
	json_object *rows = json_object_new_array();
	unsigned alerts = 0;
	unsigned others = 0;

	for (unsigned i = 0; order && i < nw_found_count(); i++) {
		if (strcmp(order[i]->question, q->word) == 0) {
			(void)json_object_array_add(rows, finding_row(order[i]));
			alerts += order[i]->score >= NW_ALERT_SCORE;
			others += order[i]->score < NW_ALERT_SCORE;
		}
	}
	free(order);
	if (!q->tell) {
		say(answer,
		    alerts ? "%u finding%s that somebody should look at, %u for information."
			   : "None seen while this host was observed (%u alert%s, %u for information).",
		    alerts, alerts == 1 ? "" : "s", others);
	}
	put(answer, "findings", rows);
}

static json_object *host_of(const struct nw_state *st)
{
	const char *host = nw_fact_find(st, "host.name");
	char name[256];

	host = host ? host : "?";
	(void)nw_text_escape(name, sizeof(name), host, strlen(host));
	return text(name);
}

static json_object *report_of(const struct nw_state *st)
{
	json_object *report = json_object_new_object();
	json_object *list = json_object_new_array();
	struct nw_coverage c;

	nw_coverage_of_session(st, &c);
	put(report, "host", host_of(st));
	put(report, "observed_seconds", json_object_new_double((double)c.observed_ns / 1e9));
	put(report, "whole_seconds", json_object_new_double((double)c.full_ns / 1e9));
	for (size_t i = 0; i < NW_ARRAY_SIZE(questions); i++) {
		json_object *answer = json_object_new_object();

		put(answer, "question", text(questions[i].title));
		if (questions[i].tell) {
			questions[i].tell(answer, st);
		}
		if (questions[i].word) {
			tell_findings(answer, &questions[i]);
		}
		put(answer, "cannot be told", text(questions[i].limits));
		(void)json_object_array_add(list, answer);
	}
	put(report, "answers", list);
	return report;
}

/* ---- Markdown --------------------------------------------------------------------------------- */

static const char *value_of(json_object *row, const char *key)
{
	json_object *v = json_object_object_get(row, key);
	const char *s = v ? json_object_get_string(v) : "";

	return *s ? s : "-";
}

/* A bar would end a cell, what a name has of HTML would be the page's, and a picture that it names
 * would be fetched by who reads. */
static void print_cell(const char *s)
{
	for (char before = '\0'; *s; before = *s++) {
		bool is_link = before == ']' && *s == '(';

		(void)printf(is_link || strchr("|<&`", *s) ? "\\%c" : "%c", *s);
	}
}

enum cell {
	CELL_NAME,
	CELL_RULE, /* the line below names */
	CELL_VALUE,
};

static void print_row(json_object *row, enum cell what)
{
	struct json_object_iterator at = json_object_iter_begin(row);
	struct json_object_iterator end = json_object_iter_end(row);

	(void)printf("|");
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *key = json_object_iter_peek_name(&at);

		(void)printf(" ");
		print_cell(what == CELL_NAME   ? key
			   : what == CELL_RULE ? "---"
					       : value_of(row, key));
		(void)printf(" |");
	}
	(void)printf("\n");
}

static void print_rows(json_object *rows)
{
	size_t n = rows ? json_object_array_length(rows) : 0;

	if (n > 0) {
		(void)printf("\n");
		print_row(json_object_array_get_idx(rows, 0), CELL_NAME);
		print_row(json_object_array_get_idx(rows, 0), CELL_RULE);
	}
	for (size_t i = 0; i < n; i++) {
		print_row(json_object_array_get_idx(rows, i), CELL_VALUE);
	}
}

static void print_markdown(json_object *report)
{
	json_object *list = json_object_object_get(report, "answers");

	(void)printf("# ");
	print_cell(value_of(report, "host"));
	(void)printf(
		"\n\nObserved for %.1f s, %.1f s of them whole. What follows holds for this host and "
		"this time.\n",
		json_object_get_double(json_object_object_get(report, "observed_seconds")),
		json_object_get_double(json_object_object_get(report, "whole_seconds")));
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		json_object *answer = json_object_array_get_idx(list, i);

		(void)printf("\n## %zu. %s\n\n%s\n", i + 1, value_of(answer, "question"),
			     value_of(answer, "answer"));
		print_rows(json_object_object_get(answer, "cameras"));
		print_rows(json_object_object_get(answer, "findings"));
		(void)printf("\nCannot be told: %s\n", value_of(answer, "cannot be told"));
	}
}

static void print_report(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	json_object *report = report_of(nw_pipeline_state(p));

	if (show->opt->format == NW_FORMAT_JSON) {
		(void)printf("%s\n", json_object_to_json_string_ext(
					     report, JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_NOSLASHESCAPE));
	} else {
		print_markdown(report);
	}
	json_object_put(report);
}

static int report_run(const struct nw_options *opt)
{
	struct nw_show show = { .opt = opt,
				.only = 1U << NW_DATASET_FINDING,
				.sink = &nw_found_sink,
				.is_document = true };

	return nw_show_table(&show, DEFAULT_DURATION, print_report);
}

const struct nw_command nw_command_report = {
	.name = "report",
	.args = "",
	.doc = "six questions with answers, evidence and what cannot be told: Markdown, or JSON",
	.flags = "gdomfcbni",
	.run = report_run,
};
