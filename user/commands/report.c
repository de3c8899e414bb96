/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the six questions that a parliament asks, each with its answer, what it rests on, how much
 * of the time was seen, and what could not be told. Markdown, or one JSON object. From a recording,
 * or from watching this host for a while. It answers for this host and this time, and says so.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "answers.h"
#include "commands/command.h"
#include "found.h"
#include "show.h"
#include "view.h"

#define DEFAULT_DURATION (60 * NW_NSEC_PER_SEC)

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

		if (json_object_is_type(json_object_iter_peek_value(&at), json_type_object)) {
			continue; /* what is printed below the table */
		}
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

/* "name: value" of everything in it, also of what is in that; a list with commas. */
static void print_values(json_object *o, const char *indent)
{
	struct json_object_iterator at = json_object_iter_begin(o);
	struct json_object_iterator end = json_object_iter_end(o);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		json_object *v = json_object_iter_peek_value(&at);
		size_t n =
			json_object_is_type(v, json_type_array) ? json_object_array_length(v) : 0;

		(void)printf("%s- ", indent);
		print_cell(json_object_iter_peek_name(&at));
		(void)printf(json_object_is_type(v, json_type_object) ? ":" : ": ");
		for (size_t i = 0; i < n; i++) {
			(void)printf("%s", i ? ", " : "");
			print_cell(json_object_get_string(json_object_array_get_idx(v, i)));
		}
		if (!json_object_is_type(v, json_type_array) &&
		    !json_object_is_type(v, json_type_object)) {
			print_cell(value_of(o, json_object_iter_peek_name(&at)));
		}
		(void)printf("\n");
		if (json_object_is_type(v, json_type_object)) {
			print_values(v, "    ");
		}
	}
}

/* What an alert rests on; of what is for information `findings show NUMBER` says it. */
static void print_alerts(json_object *rows)
{
	for (size_t i = 0; i < (rows ? json_object_array_length(rows) : 0); i++) {
		json_object *row = json_object_array_get_idx(rows, i);
		json_object *whole = json_object_object_get(row, "whole");
		uint64_t score = json_object_get_uint64(json_object_object_get(row, "score"));

		if (whole && score >= NW_ALERT_SCORE) {
			(void)printf("\nFinding %s, %s, rests on\n\n", value_of(row, "number"),
				     value_of(row, "indicator"));
			print_values(whole, "");
		}
	}
}

static void print_seen(json_object *o)
{
	(void)printf("\nCoverage: observed for %.1f s, %.1f s of them whole.\n",
		     json_object_get_double(json_object_object_get(o, "observed_seconds")),
		     json_object_get_double(json_object_object_get(o, "whole_seconds")));
}

static void print_limits(json_object *limits)
{
	(void)printf("\nCannot be told:\n\n");
	for (size_t i = 0; i < json_object_array_length(limits); i++) {
		(void)printf("- ");
		print_cell(json_object_get_string(json_object_array_get_idx(limits, i)));
		(void)printf("\n");
	}
}

static void print_markdown(json_object *report)
{
	static const char *const tables[] = { "cameras",	  "makers",	  "restrictions",
					      "declared viewers", "requirements", "findings" };
	json_object *list = json_object_object_get(report, "answers");

	(void)printf("# ");
	print_cell(value_of(report, "host"));
	(void)printf("\n\nWhat follows holds for this host and this time.\n");
	print_seen(report);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		json_object *answer = json_object_array_get_idx(list, i);

		(void)printf("\n## %zu. %s\n\n%s\n", i + 1, value_of(answer, "question"),
			     value_of(answer, "answer"));
		for (size_t k = 0; k < NW_ARRAY_SIZE(tables); k++) {
			print_rows(json_object_object_get(answer, tables[k]));
		}
		print_alerts(json_object_object_get(answer, "findings"));
		print_seen(answer);
		print_limits(json_object_object_get(answer, "cannot be told"));
	}
}

static void print_report(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_show *show = ctx;
	json_object *report = nw_answers(nw_pipeline_state(p));

	if (show->opt->format == NW_FORMAT_JSON) {
		(void)printf("%s\n", json_object_to_json_string_ext(
					     report, JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_NOSLASHESCAPE));
	} else {
		print_markdown(report);
	}
	json_object_put(report);
}

/* ---- what is kept for it ---------------------------------------------------------------------- */

#define FOUND_DATASETS (1U << NW_DATASET_FINDING | 1U << NW_DATASET_PROCESS)

static struct {
	void *found; /* of nw_found_sink */
	void *views; /* of nw_view_sink */
} kept;

static void report_close(void *self)
{
	(void)self;
	nw_found_sink.close(kept.found);
	nw_view_sink.close(kept.views);
}

static int report_open(const struct nw_sink_options *options, void **ret)
{
	int r = nw_found_sink.open(options, &kept.found);

	*ret = &kept;
	return r < 0 ? r : nw_view_sink.open(options, &kept.views);
}

static int report_write(void *self, const struct nw_output *out)
{
	(void)self;
	return FOUND_DATASETS & 1U << out->dataset ? nw_found_sink.write(kept.found, out)
						   : nw_view_sink.write(kept.views, out);
}

static const struct nw_sink report_sink = {
	.name = "report",
	.doc = "findings and viewers",
	.open = report_open,
	.write = report_write,
	.close = report_close,
};

static int report_run(const struct nw_options *opt)
{
	struct nw_show show = { .opt = opt,
				.only = FOUND_DATASETS | NW_VIEW_DATASETS,
				.sink = &report_sink,
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
