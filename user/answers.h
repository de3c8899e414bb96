/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The six questions that a parliament asks, answered from what is known at the end of a session and
 * from the findings of it (found.h): each with what it rests on, how much was seen, and what could not
 * be told. Texts in it are escaped for a terminal, and are not yet Markdown.
 */
#pragma once

#include "state/state.h"

struct json_object;

/* NULL when there is no memory. Keys of rows are headings for people. */
struct json_object *nw_answers(const struct nw_state *st);
