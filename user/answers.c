/* SPDX-License-Identifier: Apache-2.0 */
/* The six questions: findings, coverage and limits of each. Owns nothing. */
#include "answers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers_put.h"
#include "found.h"
#include "state/coverage.h"
#include "util/text.h"
#include "view.h"

/* One question: which findings answer it, and what nvrwatch cannot tell about it at all. */
struct question {
	const char *title;
	const char *word; /* nw_finding::question; NULL: no findings */
	const char *limits;
	void (*tell)(json_object *answer, const struct nw_state *st); /* NULL: findings alone */
	void (*add)(json_object *answer, const struct nw_state *st);  /* behind findings, or NULL */
	void (*doubt)(json_object *limits, const struct nw_state *st); /* or NULL */
};

/* ---- how an answer is put together ------------------------------------------------------------ */

void nw_answer_put(json_object *o, const char *key, json_object *value)
{
	(void)json_object_object_add(o, key, value);
}

void nw_answer_text(json_object *o, const char *key, const char *value)
{
	char text[NW_ANSWER_TEXT];

	(void)nw_text_escape(text, sizeof(text), value, strlen(value));
	nw_answer_put(o, key, json_object_new_string(text));
}

void nw_answer_number(json_object *o, const char *key, uint64_t value)
{
	nw_answer_put(o, key, json_object_new_uint64(value));
}

void nw_answer_say(json_object *answer, const char *fmt, ...)
{
	char line[NW_ANSWER_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	nw_answer_put(answer, "answer", json_object_new_string(line));
}

struct nw_answer_count nw_answer_findings(const char *word)
{
	struct nw_answer_count n = { 0 };

	for (unsigned i = 0; i < nw_found_count(); i++) {
		const struct nw_found *f = nw_found_at(i);

		if (!word || strcmp(f->question, word) == 0) {
			n.alerts += f->score >= NW_ALERT_SCORE;
			n.others += f->score < NW_ALERT_SCORE;
		}
	}
	return n;
}

/* ---- what could not be told this time ---------------------------------------------------------- */

static void doubt(json_object *limits, const char *fmt, ...) NW_PRINTF(2, 3);

static void doubt(json_object *limits, const char *fmt, ...)
{
	char line[NW_ANSWER_TEXT];
	char text[NW_ANSWER_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	(void)nw_text_escape(text, sizeof(text), line, strlen(line));
	(void)json_object_array_add(limits, json_object_new_string(text));
}

/* A tier that counts no reads, and no folder at all, make "none seen" say less. */
static void doubt_recordings(json_object *limits, const struct nw_state *st)
{
	char text[NW_FACT_VALUE_MAX + 2];
	unsigned i;

	for (i = 0; nw_root_said(st, i, text); i++) {
		doubt(limits, "Of recordings this was seen (docs/events.md): %s.", text);
	}
	if (i == 0) {
		doubt(limits,
		      "No folder of recordings was watched (recording_roots): who reads them, and "
		      "what left with them, was not seen.");
	}
}

static void doubt_viewers(json_object *limits, const struct nw_state *st)
{
	(void)st;
	if (nw_view_table_lost()) {
		doubt(limits, "%" PRIu64 " records of flows found no room in the table of viewers.",
		      nw_view_table_lost());
	}
}

static void doubt_changes(json_object *limits, const struct nw_state *st)
{
	const char *changes = nw_fact_find(st, "changes");

	if (!changes || !*changes) {
		doubt(limits,
		      "Whether somebody changed what this host starts by itself was not seen.");
	}
}

static void doubt_balance(json_object *limits, const struct nw_state *st)
{
	const struct nw_balance *b = nw_balance_of(st);
	const char *why_not = b ? nw_balance_why_not(st, &b->all) : "too short a time";

	if (why_not && strcmp(why_not, "cgroup") == 0) {
		doubt(limits, "Only programs of one cgroup were observed (--cgroup).");
	} else if (why_not) {
		doubt(limits, "The ledger was not held against the kernel's own counters: %s.",
		      why_not);
	}
}

/* Hooks that were off, and of which nothing is known: each is a part of the host that was not seen. */
static void doubt_hooks(json_object *limits, const struct nw_state *st)
{
	const char *name, *said;
	char list[384] = "";
	size_t n = 0;

	for (unsigned i = 0; (name = nw_hook_said(st, i, &said)); i++) {
		bool is_off = !said || strncmp(said, "off", 3) == 0;

		if (is_off && n < sizeof(list)) {
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", n ? ", " : "",
					      name);
		}
	}
	if (n) {
		doubt(limits, "Without these hooks (docs/hooks.md) less was seen: %s.", list);
	}
}

static void doubt_trust(json_object *limits, const struct nw_state *st)
{
	doubt_hooks(limits, st);
	doubt_balance(limits, st);
}

static const struct question questions[] = {
	{ "How many cameras of which maker are there, and where?", NULL,
	  "Cameras that this host has no contact with are not seen. A brand does not prove a maker.",
	  nw_answer_cameras, NULL, NULL },
	{ "Can someone outside watch live? Is someone?", "live",
	  "A picture that leaves a camera by another way than through this host is not seen. "
	  "Who is behind an address, and looks, is not seen.",
	  NULL, nw_answer_viewers, doubt_viewers },
	{ "Can someone watch afterwards?", "afterwards",
	  "What is read without passing a file below a recording root, or leaves on a disk that is "
	  "carried away, is not seen.",
	  NULL, NULL, doubt_recordings },
	{ "Is there a back door?", "back door",
	  "What is silent while nobody looks is not seen, nor what is in a camera itself.", NULL,
	  NULL, doubt_changes },
	{ "Can it be closed in software?", NULL,
	  "Whether a firewall in front of this host refuses it.", nw_answer_closing, NULL, NULL },
	{ "Which safety requirements does it meet, and how far can this be trusted?", "trust",
	  "Whoever has full rights on this host can deceive every program on it. Passwords, updates of "
	  "cameras and who may enter the room are not seen.",
	  nw_answer_requirements, NULL, doubt_trust },
};

/* ---- findings --------------------------------------------------------------------------------- */

static json_object *finding_row(const struct nw_found *f)
{
	json_object *row = json_object_new_object();

	nw_answer_number(row, "number", f->number);
	nw_answer_number(row, "score", f->score);
	nw_answer_put(row, "indicator", json_object_new_string(f->rule));
	nw_answer_put(row, "outcome", json_object_new_string(nw_found_state(f)));
	nw_answer_put(row, "process", json_object_new_string(f->who));
	nw_answer_put(row, "peer", json_object_new_string(f->peer));
	nw_answer_put(row, "camera", json_object_new_string(f->camera));
	nw_answer_put(row, "reason", json_object_new_string(f->reason));
	if (f->whole) {
		nw_answer_put(row, "whole", json_object_get(f->whole));
	}
	return row;
}

static void tell_findings(json_object *answer, const struct question *q)
{
	const struct nw_found **order = nw_found_order();
	json_object *rows = json_object_new_array();
	struct nw_answer_count n = nw_answer_findings(q->word);

	for (unsigned i = 0; order && i < nw_found_count(); i++) {
		if (strcmp(order[i]->question, q->word) == 0) {
			(void)json_object_array_add(rows, finding_row(order[i]));
		}
	}
	free(order);
	if (!q->tell) {
		nw_answer_say(
			answer,
			n.alerts ? "%u finding%s that somebody should look at, %u for information."
				 : "None seen while this host was observed (%u alert%s, %u for "
				   "information).",
			n.alerts, n.alerts == 1 ? "" : "s", n.others);
	}
	nw_answer_put(answer, "findings", rows);
}

/* Of the whole session: each "none seen" says how much was looked at. */
static void tell_coverage(json_object *o, const struct nw_state *st)
{
	struct nw_coverage c;

	nw_coverage_of_session(st, &c);
	nw_answer_put(o, "observed_seconds", json_object_new_double((double)c.observed_ns / 1e9));
	nw_answer_put(o, "whole_seconds", json_object_new_double((double)c.full_ns / 1e9));
}

static json_object *answer_of(const struct question *q, const struct nw_state *st)
{
	json_object *answer = json_object_new_object();
	json_object *limits = json_object_new_array();

	nw_answer_put(answer, "question", json_object_new_string(q->title));
	if (q->tell) {
		q->tell(answer, st);
	}
	if (q->word) {
		tell_findings(answer, q);
	}
	if (q->add) {
		q->add(answer, st);
	}
	tell_coverage(answer, st);
	doubt(limits, "%s", q->limits);
	if (q->doubt) {
		q->doubt(limits, st);
	}
	nw_answer_put(answer, "cannot be told", limits);
	return answer;
}

json_object *nw_answers(const struct nw_state *st)
{
	json_object *report = json_object_new_object();
	json_object *list = json_object_new_array();
	const char *host = nw_fact_find(st, "host.name");

	nw_answer_text(report, "host", host ? host : "?");
	tell_coverage(report, st);
	for (size_t i = 0; i < NW_ARRAY_SIZE(questions); i++) {
		(void)json_object_array_add(list, answer_of(&questions[i], st));
	}
	nw_answer_put(report, "answers", list);
	return report;
}
