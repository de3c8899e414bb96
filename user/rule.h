/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What indicators that keep cases have in common: the words of a rule, findings that begin with
 * them, evidence added piece by piece, cases closed when they were quiet, and what a flow carried
 * since an indicator looked at it last.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "case.h"
#include "event.h"
#include "output.h"
#include "state/state.h"

struct nw_config;
struct nw_emit;
struct nw_pictures;

struct nw_rule {
	const char *id, *name, *question, *wrong;
	const char *technique[NW_TECHNIQUES_MAX];
	const char *over; /* reason of a finding that closes */
	uint64_t quiet_ns;
};

/* The case is still going on: kept, told or not. Remembers whose it is. */
void nw_rule_touch(struct nw_cases *c, uint32_t place, const struct nw_flow *f, uint64_t now_ns);
/* It was seen. When that is to be told, *ret is the finding, without reason and evidence. */
bool nw_rule_seen(const struct nw_rule *r, struct nw_cases *c, uint32_t place,
		  const struct nw_state *st, uint64_t now_ns, uint8_t score,
		  struct nw_finding *ret);
/* It is over, as *ret; the case stays, and opens anew when it is seen again. */
void nw_rule_closed(const struct nw_rule *r, struct nw_cases *c, uint32_t place,
		    const struct nw_state *st, struct nw_finding *ret);

/* No more than NW_EVIDENCE_MAX; empty text is left out. The text must stay until it is told. */
void nw_finding_text(struct nw_finding *f, const char *key, const char *text);
void nw_finding_u64(struct nw_finding *f, const char *key, uint64_t number);
/* What is known of whose pictures it is, and the camera. */
void nw_finding_pictures(struct nw_finding *f, const struct nw_pictures *l);

/* One for each place of the table of flows. */
struct nw_watched {
	uint64_t cookie;
	uint32_t slot;
	uint32_t mark; /* the indicator's own, 0 at first */
	uint64_t tx, rx;
};

struct nw_delta {
	struct nw_watched *w;
	uint64_t tx,
		rx; /* since it was asked last; of the first time since it was measured at all */
	uint64_t from_ns; /* that moved since, no earlier than the look at the ledger before */
	bool is_first;
};

void nw_watch(struct nw_watched *table, const struct nw_state *st, const struct nw_flow *f,
	      const struct nw_ev_sock *e, struct nw_delta *ret);
/* What an indicator has that watches flows: its cases, its own figures of each in an array beside
 * them, and what it saw of each flow. */
struct nw_watcher {
	struct nw_cases cases;
	void *item; /* of each place of cases */
	struct nw_watched *watched;
};

/* 0, or -1 without memory; nw_watcher_fini() also after that. item_size 0: it keeps no figures. */
NW_MUST_CHECK int nw_watcher_init(struct nw_watcher *w, uint32_t cases, size_t item_size,
				  const struct nw_config *config);
/* An indicator's fini(), where its private bytes begin with a watcher. */
void nw_watcher_fini(void *self);
/* On ticks: tells and removes the cases that were quiet. */
void nw_rule_close_quiet(const struct nw_rule *r, struct nw_cases *c, const struct nw_state *st,
			 const struct nw_event *ev, const struct nw_emit *emit);
/* The flow that a measure is of, with ends; NULL of any other event. */
const struct nw_flow *nw_measured(const struct nw_state *st, const struct nw_event *ev);
