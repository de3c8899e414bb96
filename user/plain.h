/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record as a line for people, in local time. Forks, processes that were there before and orderly
 * exits are no lines: who wants all takes ECS. Whatever other processes said of themselves is
 * escaped. The same records in the same time zone give the same lines.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "output.h"

#define NW_PLAIN_LINE_MAX 2048

struct nw_plain {
	bool has_colour;
	bool is_quiet; /* no status */
	bool is_new_day;
	time_t second; /* that clock is of */
	int day;       /* of the last record; 0 = none yet */
	char clock[16];
};

/* Bytes written to buf, newline and all, or 0 when the record makes no line. size >= NW_PLAIN_LINE_MAX.
 * Starts as zeros but for the two options. */
size_t nw_plain_line(struct nw_plain *t, const struct nw_output *out, char *buf, size_t size);
