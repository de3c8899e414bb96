/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule that reads state and event and may emit findings. One file per indicator; the folder is
 * the list. Pure: no I/O, no allocation after init, no clock but the event's; at most 2 us an event.
 */
#pragma once

#include "case.h"
#include "event.h"
#include "kept.h"
#include "output.h"
#include "state/camera.h"
#include "state/policy.h"
#include "state/state.h"

/* Where findings go. Called any number of times from on_event. Rows that are to survive a restart go
 * to the keeper, on ticks; what becomes of them must change nothing that is told. One that came back
 * and can't be true is refused: that is said, and counted as a loss. */
struct nw_emit {
	void (*finding)(void *ctx, const struct nw_finding *finding);
	void (*refuse)(void *ctx, const char *kind, const char *why);
	void *ctx;
	struct nw_keeper keeper;
};

#define NW_SEES(shape) (1U << NW_SHAPE_##shape)

struct nw_indicator {
	const char *id;	  /* file stem with - for _ ; public and stable */
	const char *doc;  /* one line, as in docs/indicators.md */
	size_t self_size; /* private bytes, zeroed at the start, owned by the pipeline */
	/* Optional: reserves what limits and tables need, once; 0 or -ENOMEM. fini() frees it, also
	 * after an init() that failed half way. */
	int (*init)(void *self, const struct nw_config *config);
	void (*fini)(void *self);
	uint32_t sees; /* NW_SEES(SOCK) | …: what on_event is called with; 0 = every event */
	void (*on_event)(void *self, const struct nw_state *state, const struct nw_event *ev,
			 const struct nw_emit *emit);
};

extern const struct nw_indicator *const nw_indicators[]; /* NULL ends it */
