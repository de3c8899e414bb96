/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place where records go. One file per sink; the folder is the list. A sink knows no indicator,
 * never changes state, and never blocks the pipeline: what it cannot write it counts (return < 0).
 */
#pragma once

#include <stdbool.h>

#include "output.h"

struct nw_sink_options {
	int fd;		  /* where to write; owned by the caller */
	bool is_terminal; /* colour is allowed */
	bool is_quiet;
};

struct nw_sink {
	const char *name; /* file stem */
	const char *doc;  /* one line, as in docs/sinks.md */
	/* ret: private state, or untouched on failure */
	int (*open)(const struct nw_sink_options *options, void **ret);
	int (*write)(void *self, const struct nw_output *out); /* 0 or -errno: not written */
	int (*flush)(void *self);  /* after each batch of events; NULL: it holds nothing back */
	void (*close)(void *self); /* NULL: nothing to give back */
};

extern const struct nw_sink *const nw_sinks[]; /* NULL ends it; alphabetical */
const struct nw_sink *nw_sink_find(const char *name);
