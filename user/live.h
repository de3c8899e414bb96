/* SPDX-License-Identifier: Apache-2.0 */
/* Observing this host: from loading the hooks to the clean end, on one libuv loop. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli.h"
#include "pipeline.h"

struct nw_live_options {
	const char *config; /* path, NULL = default */
	const char *cgroup;
	const char *btf;
	const char *record;	  /* NULL: none */
	const char *state;	  /* folder of what is kept over restarts, NULL: none */
	uint64_t duration_ns;	  /* 0: until a signal */
	uint32_t flow_interval_s; /* when the configuration does not say */
	bool no_heads;
	bool probe;	 /* ask for cameras, once */
	bool is_quiet;	 /* no summary */
	bool is_service; /* whoever started it is told that it runs */
};

/* Adds the command's sinks; 0 or -errno. */
typedef int (*nw_live_sinks_fn)(void *ctx, struct nw_pipeline *p);

/* The exit code for what nw_load() returned. */
static inline int nw_live_exit_of_load(int r)
{
	switch (r) {
	case -EINVAL:
		return NW_EXIT_USAGE; /* --cgroup */
	case -ENOMEM:
		return NW_EXIT_FAILURE;
	default:
		return NW_EXIT_DENIED;
	}
}

/* Runs to the end; an exit code (enum nw_exit). What is wrong has been logged. A reader of the output
 * that went away ends the session like a signal. done is called with what was seen. */
int nw_live_run(const struct nw_live_options *opt, nw_live_sinks_fn add_sinks,
		void (*done)(void *ctx, const struct nw_pipeline *p), void *ctx);
