/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of untrusted bytes, one token after the other, which may be cut anywhere. Every byte is looked
 * at a fixed number of times and nothing is allocated. Strings stay as they are written: a value with
 * escapes is told with them.
 *
 *	nw_json_begin(&j, body);
 *	while ((what = nw_json_next(&j)) != NW_JSON_END) {
 *		if (what == NW_JSON_STRING && nw_json_in(&j, 0, "SerialNo")) ...j.text...
 *	}
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/span.h"

#define NW_JSON_DEPTH_MAX 8 /* names of what is deeper are not known */

enum nw_json_what {
	NW_JSON_END,	/* nothing whole is left, or it is no JSON (is_broken) */
	NW_JSON_OPEN,	/* of an object or a list */
	NW_JSON_CLOSE,	/* depth: after it */
	NW_JSON_STRING, /* text: without its quotes */
	NW_JSON_WORD,	/* text: a number, true, false, null */
};

struct nw_json {
	struct nw_span left;
	struct nw_span name; /* of this token's value; empty in a list */
	struct nw_span text;
	unsigned depth; /* objects and lists that are open */
	bool is_broken;
	struct nw_span open[NW_JSON_DEPTH_MAX]; /* names of what is open */
	uint64_t lists;				/* bit n: what is open at depth n is a list */
};

void nw_json_begin(struct nw_json *j, struct nw_span document);
enum nw_json_what nw_json_next(struct nw_json *j);

/* Is the value (0), or what is open so many above it, called so? */
bool nw_json_in(const struct nw_json *j, unsigned up, const char *name);
