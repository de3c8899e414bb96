/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has or had something to do with somebody outside: by a connection of its own, because one who had
 * started it, because a child that had one tells it what comes in, or because its script fetched
 * something before. Names and time, which everybody asks for, do not count, nor what was allowed. Who
 * came in where that is expected has asked: that is less.
 */
#pragma once

#include "state/far_end.h"
#include "state/state.h"
#include "util/lru.h"

/* The later, the more. */
enum nw_reach_by {
	NW_REACH_NONE,
	NW_REACH_ASKED,	 /* a server of this host, asked over a connection of its own */
	NW_REACH_BESIDE, /* started by such a script; what itself starts is not, but by a script */
	NW_REACH_SCRIPT, /* a script without a terminal; one that it started had contact */
	NW_REACH_CHILD,	 /* fed by its child: not what it starts besides */
	NW_REACH_START,	 /* started by one who had */
	NW_REACH_OWN,
};

struct nw_reach {
	struct nw_proc_id proc; /* tgid 0: not used */
	struct nw_far_end far;
	enum nw_reach_by by;
	bool is_maker;	 /* it was a service of a maker */
	bool is_server;	 /* ASKED: it answered, and did not only accept for others */
	bool is_service; /* and it is a service of the system */
};

struct nw_reaches {
	struct nw_lru lru;
	struct nw_reach *reach;
};

int nw_reach_init(struct nw_reaches *me); /* 0 or -1 */
void nw_reach_free(struct nw_reaches *me);
/* A measure or last word of this flow was told. */
void nw_reach_on_flow(struct nw_reaches *me, const struct nw_state *st, const struct nw_flow *f);
/* What was started by one who has contact is its doing, also when that one is gone. */
void nw_reach_on_fork(struct nw_reaches *me, const struct nw_state *st, const struct nw_ev_proc *e);
struct nw_reach *nw_reach_find(const struct nw_reaches *me, const struct nw_proc_id *id);
