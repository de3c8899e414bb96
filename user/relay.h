/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The book that live-relay keeps: a series for each camera's stream that comes in, and one for each
 * group of flows that may carry it out (one program's to one network, and one program's to
 * anywhere). All memory is reserved at the start. relay_weigh.c holds the two against each other.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "series.h"
#include "state/far_end.h"
#include "state/state.h"
#include "util/lru.h"

#define NW_RELAY_STREAMS 512U
#define NW_RELAY_GROUPS	 256U
#define NW_RELAY_TRACKS	 8192U
#define NW_RELAY_ASKED	 64U
#define NW_RELAY_MEMBERS 4U /* streams in one flow that are told apart */

/* Less than this is no picture that moves: bytes a second. */
#define NW_RELAY_MEDIA_RATE 4000U

struct nw_relay_stream {
	uint64_t cookie;
	uint32_t slot;
	bool is_used;
	uint64_t last_ns;
	struct nw_series in;
};

/* How sure it is, the surest last. */
enum nw_relay_how {
	NW_RELAY_NONE,
	NW_RELAY_LINEAGE,   /* who reads a camera writes to outside */
	NW_RELAY_PACE,	    /* and as an encoder does */
	NW_RELAY_TIMING,    /* and when, as the camera's pictures are large and small */
	NW_RELAY_CONSERVED, /* and as much */
	NW_RELAY_BURSTS,    /* and as much in each burst */
	NW_RELAY_LATE,	    /* and the curve, but where the link stood still */
	NW_RELAY_RATE,	    /* and the curve */
};

/* Whether the two ends belong together at all. */
enum nw_relay_tie {
	NW_RELAY_TIE_NONE,
	NW_RELAY_TIE_UNIT,  /* same unit, container or family of processes */
	NW_RELAY_TIE_CHAIN, /* what joins processes leads from the camera to the flow */
	NW_RELAY_TIE_SAME,  /* one process does both */
};

struct nw_relay_verdict {
	enum nw_relay_how how;
	enum nw_relay_tie tie;
	unsigned streams; /* that were held against it */
	unsigned
		members; /* of them, what it carries; the first is the best; 0 = bytes do not say */
	uint16_t member[NW_RELAY_MEMBERS];
	unsigned rivals; /* streams that it may be as well, in member[] behind the first */
	double ratio, residual, unexplained;
	uint32_t lag_ms;
	uint32_t window_ms;
	bool is_weak;	 /* conserved, but by one of many, and a constant rate would be too */
	bool is_refuted; /* long enough, and nothing fits */
};

struct nw_relay_group {
	struct nw_proc_id proc;
	uint8_t net[16]; /* zero: anywhere */
	bool is_any;
	struct nw_far_end far;	  /* of its flow that moved most lately */
	struct nw_proc_id feeder; /* read a camera for its flow that ended last, over a chain */
	bool was_allowed;	  /* that flow's far end is declared */
	uint32_t flows;		  /* tracks that were ever in it */
	uint64_t last_ns, due_ns;
	uint64_t match_ns; /* last time that bytes spoke for it; 0 = never */
	uint64_t pace_ns;  /* last time that it was paced as pictures are; 0 = never */
	uint64_t weighed;  /* windows so far */
	uint64_t since_ns; /* first time of these */
	uint16_t named;	   /* stream + 1 that fitted alone the last time */
	uint16_t named_times;
	uint64_t named_ns; /* the first of these times */
	bool is_withdrawn;
	struct nw_series out;
};

struct nw_relay_track {
	uint64_t cookie;
	uint32_t slot;
	bool is_stream;
	uint16_t stream;
	uint16_t group, any;	/* places + 1; 0 = none */
	struct nw_proc_id proc; /* whose they are */
	uint64_t total;
	uint64_t last_ns;
};

/* Whether a program reads a camera, for as long as the answer is used again. */
struct nw_relay_asked {
	struct nw_proc_id proc;
	uint64_t until_ns;
	bool has_tie;
};

struct nw_relay {
	struct nw_lru track_lru, group_lru;
	struct nw_relay_track *track;
	struct nw_relay_group *group;
	struct nw_relay_stream *stream;
	struct nw_relay_asked asked[NW_RELAY_ASKED];
	uint16_t streams; /* places that were ever used */
	uint64_t pass_ns; /* time between two looks of the ledger */
};

NW_MUST_CHECK int nw_relay_init(struct nw_relay *r, uint32_t flows);
void nw_relay_free(struct nw_relay *r);
void nw_relay_on_sock(struct nw_relay *r, const struct nw_state *st, const struct nw_ev_sock *e);
/* Gives back what is silent: one stream and one group at a call. */
void nw_relay_on_tick(struct nw_relay *r, const struct nw_ev_tick *e);
/* The flow of a stream or of a group, or NULL when it is gone. */
const struct nw_flow *nw_relay_stream_flow(const struct nw_relay *r, const struct nw_state *st,
					   unsigned stream);
const struct nw_flow *nw_relay_group_flow(const struct nw_relay_group *g,
					  const struct nw_state *st);
/* Whose the flow's bytes are: who sends them, else who owns it; NULL = nobody's. */
const struct nw_proc *nw_relay_subject(const struct nw_flow *f);

/* out NULL: none of its flows is open now. */
enum nw_relay_tie nw_relay_tie(const struct nw_proc *subject, const struct nw_flow *out,
			       const struct nw_flow *in);
/* The same of a group, whose subject and open flow (or NULL) the caller has looked up. Where none is
 * open, who fed the last one counts: pieces that go one by one have moments without a connection. */
enum nw_relay_tie nw_relay_group_tie(const struct nw_relay_group *g, const struct nw_state *st,
				     const struct nw_proc *subject, const struct nw_flow *out,
				     const struct nw_flow *in);
/* What all the streams together brought in n slots that are tied to the group as closely as that. */
uint64_t nw_relay_came_in(const struct nw_relay *r, const struct nw_state *st,
			  const struct nw_relay_group *g, enum nw_relay_tie tie, uint64_t end,
			  unsigned n);
/* What a group is, as of now. Uses only what is in book and state. */
void nw_relay_weigh(const struct nw_relay *r, const struct nw_state *st, struct nw_relay_group *g,
		    uint64_t now_ns, struct nw_relay_verdict *ret);
