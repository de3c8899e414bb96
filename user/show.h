/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that print records share: the sink on stdout that -o asks for. */
#pragma once

#include "cli.h"
#include "live.h"
#include "pipeline.h"
#include "recording.h"

struct nw_show {
	const struct nw_options *opt;
	const struct nw_sink *sink; /* NULL: the one of -o */
	uint32_t only;		    /* datasets; 0 = all */
	uint64_t flow_interval_ns;  /* of a recording, in place of its own; 0 = that */
};

/* nw_live_sinks_fn with a struct nw_show */
int nw_show_add(void *ctx, struct nw_pipeline *p);

struct nw_live_options nw_show_live(const struct nw_options *opt);

/* Run a recording through the pipeline; an exit code. */
int nw_show_recording(struct nw_show *show, const char *path,
		      void (*done)(void *ctx, const struct nw_pipeline *p));
