/* SPDX-License-Identifier: Apache-2.0 */
/* What the files plain*.c share: columns, colours and the parts that several lines have. */
#pragma once

#include "plain.h"
#include "util/line.h"

/* Where the columns begin. */
enum nw_plain_column {
	NW_PLAIN_WHO = 14,
	NW_PLAIN_WHERE = 34,
	NW_PLAIN_WHAT = 53,
	NW_PLAIN_PROTO = 92,
	NW_PLAIN_SENT = 97,
	NW_PLAIN_RECEIVED = 110,
	NW_PLAIN_STATE = 127,
};

/* Longest parts, as escaped text. */
#define NW_PLAIN_NAME	  40
#define NW_PLAIN_UNIT	  24
#define NW_PLAIN_PATH	  120
#define NW_PLAIN_COMMAND  160
#define NW_PLAIN_DOMAIN	  80
#define NW_PLAIN_OPERATOR 32
#define NW_PLAIN_SENTENCE 400

#define NW_PLAIN_DIM	"2"
#define NW_PLAIN_BOLD	"1"
#define NW_PLAIN_RED	"31"
#define NW_PLAIN_GREEN	"32"
#define NW_PLAIN_YELLOW "33"
#define NW_PLAIN_ALARM	"1;31"

void nw_plain_foreign(struct nw_line *l, const char *text, size_t max);
void nw_plain_bytes(struct nw_line *l, uint64_t bytes);
/* "12 ms", "3.4 s", "5 min 06 s", "7 h 08 min" */
void nw_plain_duration(struct nw_line *l, uint64_t ns);
/* Time, who and where; the line goes on with what happened. p NULL: otherwise says who. */
void nw_plain_front(const struct nw_plain *t, struct nw_line *l, const struct nw_proc *p,
		    const char *otherwise);
/* Nothing of a process that has no library of a maker's. */
void nw_plain_speaks(struct nw_line *l, const struct nw_state *st, const struct nw_proc *p);
void nw_plain_process(struct nw_line *l, const struct nw_proc *p);
void nw_plain_peer(struct nw_line *l, const struct nw_flow *f);
/* The same of a flow that is gone; name: of its far end, or NULL. */
void nw_plain_far_end(struct nw_line *l, const struct nw_far_end *far, const char *name);

void nw_plain_flow(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out);
void nw_plain_listener(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out);
void nw_plain_dns(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out);
void nw_plain_change(const struct nw_plain *t, struct nw_line *l, const struct nw_change *c);
void nw_plain_file(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out);
/* False: nothing to say. */
bool nw_plain_camera(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out);
