/* SPDX-License-Identifier: Apache-2.0 */
/* What answers.c and answers_state.c share: how an answer is put together. */
#pragma once

#include <json-c/json.h>

#include "state/state.h"

#define NW_ANSWER_TEXT 512

void nw_answer_put(json_object *o, const char *key, json_object *value);
/* Escaped; cut at NW_ANSWER_TEXT. */
void nw_answer_text(json_object *o, const char *key, const char *value);
void nw_answer_number(json_object *o, const char *key, uint64_t value);
void nw_answer_say(json_object *answer, const char *fmt, ...) NW_PRINTF(2, 3);

/* Alerts and other findings that answer the question with this word; NULL: all of them. */
struct nw_answer_count {
	unsigned alerts, others;
};
struct nw_answer_count nw_answer_findings(const char *word);

/* Each answers one question from state. */
void nw_answer_cameras(json_object *answer, const struct nw_state *st);
void nw_answer_closing(json_object *answer, const struct nw_state *st);
void nw_answer_requirements(json_object *answer, const struct nw_state *st);
/* Behind what findings say of it: who is declared to be allowed to, and did. From the table of viewers. */
void nw_answer_viewers(json_object *answer, const struct nw_state *st);
