/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that print records share: the sink on stdout that -o asks for. */
#pragma once

#include "cli.h"
#include "live.h"
#include "pipeline.h"
#include "recording.h"
#include "state/camera.h"

struct nw_show {
	const struct nw_options *opt;
	const struct nw_sink *sink; /* NULL: the one of -o */
	uint32_t only;		    /* datasets; 0 = all */
	uint64_t flow_interval_ns;  /* of a recording, in place of its own; 0 = that */
	uint32_t flow_interval_s;   /* of what is observed; 0 = 60 */
	bool is_configured;	    /* the sinks of the configuration, if it names any */
	bool is_document;	    /* what is printed is read by others: no word before it */
	bool has_failed;	    /* records of the end could not be written, which is said */
};

/* nw_live_sinks_fn with a struct nw_show */
int nw_show_add(void *ctx, struct nw_pipeline *p);

struct nw_live_options nw_show_live(const struct nw_options *opt);

/* Run a recording through the pipeline; an exit code. */
int nw_show_recording(struct nw_show *show, const char *path,
		      void (*done)(void *ctx, const struct nw_pipeline *p));

/* Records that a command makes at its end, behind those of the session: -o json. */
struct nw_show_records {
	struct nw_show *show;
	const struct nw_state *state;
	const struct nw_sink *sink;
	void *self;
	uint64_t sequence;
};
NW_MUST_CHECK int nw_show_records(struct nw_show *show, const struct nw_pipeline *p,
				  struct nw_show_records *ret);
void nw_show_record(struct nw_show_records *r, struct nw_output out);
void nw_show_records_end(struct nw_show_records *r);

/* All that are told, by their addresses; how many. */
unsigned nw_show_cameras(const struct nw_state *st, const struct nw_camera *list[NW_CAMERAS_MAX]);

/* How long was observed, and how much of that whole: behind every table, so that "none" says of what. */
void nw_show_coverage(const struct nw_pipeline *p);

#define NW_SHOW_TIME 40
/* Local date and time of a wall clock; "" where that has none. */
void nw_show_time(char buf[NW_SHOW_TIME], uint64_t wall_ns);
#define NW_SHOW_SPAN (2UL * NW_SHOW_TIME + 4) /* "FROM to TO" */
/* "2026-11-24 11:02:55 to 11:03:04 +0000": day and zone are said of both only where they are not
 * the same. */
void nw_show_span(char buf[NW_SHOW_SPAN], uint64_t from_wall_ns, uint64_t to_wall_ns);

/* Of opt's recording, else of this host for opt's duration or the one given, which is said first;
 * done prints at the end. An exit code. */
int nw_show_table(struct nw_show *show, uint64_t duration_ns,
		  void (*done)(void *ctx, const struct nw_pipeline *p));
