/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What indicators had to say in one run, kept for a command that prints it at its end: a sink that
 * takes findings, and flows for their curves. Bounded; what finds no room is counted. Text in it is
 * escaped: it may go to a terminal.
 */
#pragma once

#include "case.h"
#include "curve.h"
#include "exe_file.h"
#include "sinks/sink.h"
#include "util/text.h"

#define NW_FOUND_TEXT 96

/* One thing that went on, as it was told last. */
struct nw_found {
	char rule[32];
	char key[NW_CASE_KEY];
	char question[16];
	uint8_t score; /* the highest so far */
	uint8_t confidence, severity;
	enum nw_finding_action action;
	enum nw_outcome outcome;
	uint64_t first_ns, last_ns; /* wall clock */
	uint64_t count;
	char who[NW_FOUND_TEXT], peer[NW_FOUND_TEXT], camera[NW_CAMERA_LABEL]; /* "" = none */
	char camera_address[NW_ADDR_TEXT];
	uint32_t pid;		 /* 0 = none */
	struct nw_proc_id proc;	 /* the same; zero = none */
	struct nw_exe_file file; /* that it runs, when has_file */
	bool has_file;
	char reason[256];	   /* of what it was as long as it went on */
	char over[256];		   /* why it is over; "" = it is not */
	char *detail;		   /* lines for people; NULL when there was no memory for it */
	struct json_object *whole; /* the same for programs: evidence, chain, coverage; or NULL */
	char out_curve[NW_CURVE_KEY], in_curve[NW_CURVE_KEY];
	unsigned number; /* from 1, in the order of their opening */
};

/* One command, one table: the sink fills it, and it is there until the sink is closed. */
extern const struct nw_sink nw_found_sink;
unsigned nw_found_count(void);
const struct nw_found *nw_found_at(unsigned i); /* in the order of their opening */
/* The one that the last finding belongs to; NULL: it found no room, or there was none. */
const struct nw_found *nw_found_last(void);
uint64_t nw_found_lost(void);
const struct nw_curves *nw_found_curves(void);
/* By score, the gravest first; free() it. NULL when there is no memory. */
const struct nw_found **nw_found_order(void);
/* "match", "cannot tell", "over" */
const char *nw_found_state(const struct nw_found *k);
