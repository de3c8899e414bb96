/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who sees a camera's picture, live or recorded: what `viewers` adds up and the record of it. Pointers are
 * the state's. A row says what is known and what is only possible; that somebody watches is no finding.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "sinks/sink.h"
#include "state/lineage.h"

#define NW_VIEW_CHAIN \
	(NW_CHAIN_MAX * (15UL + 3)) /* "motion > nginx": of names of 15 bytes, none is cut */
#define NW_VIEW_READS_MAX     8	    /* cameras whose recordings one flow can carry */
#define NW_VIEW_PICTURE_BYTES 16384 /* less is talk about pictures */

/* What was read of one camera's recordings for a flow. */
struct nw_view_read {
	char camera[NW_REC_CAMERA]; /* "": the path does not tell */
	uint32_t files;
	uint64_t least, most;
};

/* All flows of one process with one peer and service, that are known in the same way. */
struct nw_view {
	struct nw_proc_id id;
	uint8_t raddr[16];
	uint16_t port; /* the server's */
	bool is_outbound, is_inside;
	bool is_ingest; /* a camera's own: the process reads it */
	bool is_like;	/* as much was sent as came that way */
	bool is_recorded; /* what recordings explain; then of one program, not of one process alone: */
	bool has_others; /* who is the last one of several */
	bool is_sure;	 /* recorded: it is these bytes that were read, not only possible */
	bool is_shared;	 /* recorded: tx is this camera's part of flows, by what was read */
	uint8_t basis, cameras;
	uint8_t reads;	 /* recorded: 1, or the cameras that it is one of */
	uint32_t missed; /* cameras that found no room, as many as there were at once */
	uint8_t camera[NW_LINEAGE_MAX][16];
	struct nw_view_read read[NW_VIEW_READS_MAX];
	uint64_t tx, rx;
	uint64_t from_ns, to_ns;
	char comm[16];
	char who[48], place[80]; /* escaped: for people alone */
	char chain[NW_VIEW_CHAIN];
	char name[256];
	const struct nw_allowed *allowed;
	const struct nw_view_files
		*files; /* recordings that were read in place of flows, or NULL */
};

/* What one program read of one camera's recordings, as far as the paths tell whose they are. */
struct nw_view_files {
	const struct nw_proc *proc;
	const char *camera; /* "": not told */
	uint32_t files;
	uint64_t most, from_ns, to_ns;
};

/* How sure it is whose picture went: of an ingest NW_VIEW_READS. */
enum nw_view_how {
	NW_VIEW_READS,	  /* the camera's own stream */
	NW_VIEW_ONLY,	  /* same process, which reads this camera alone */
	NW_VIEW_BYTES,	  /* as many bytes came by the chain */
	NW_VIEW_POSSIBLE, /* it can, or one of several */
	NW_VIEW_FILES,
	NW_VIEW_PATH, /* recordings were read for it, and their path says whose */
};

static inline enum nw_view_how nw_view_how(const struct nw_view *v)
{
	if (v->files) {
		return NW_VIEW_FILES;
	}
	if (v->is_recorded) {
		return v->is_sure ? NW_VIEW_PATH : NW_VIEW_POSSIBLE;
	}
	if (v->is_ingest) {
		return NW_VIEW_READS;
	}
	if (v->cameras != 1 || v->missed) {
		return NW_VIEW_POSSIBLE;
	}
	return v->basis == NW_LINEAGE_PROCESS ? NW_VIEW_ONLY
	       : v->is_like		      ? NW_VIEW_BYTES
					      : NW_VIEW_POSSIBLE;
}

/* To an eighth, and a little that is no picture. */
static inline bool nw_view_is_like(uint64_t sent, uint64_t came)
{
	uint64_t less = NW_MIN(sent, came);

	return NW_MAX(sent, came) - less <= less / 8 + NW_VIEW_PICTURE_BYTES / 4;
}

bool nw_view_has_camera(const struct nw_view *v, const uint8_t addr[16]);
/* False: it found no room. */
bool nw_view_add_camera(struct nw_view *v, const uint8_t addr[16]);
/* Of a record of the flow: what is new of its bytes, and whose live picture it can be by now. */
void nw_view_add_flow(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f);
/* in ends, and is whole now: was it that what f sends? f may be told next when in is forgotten. */
void nw_view_on_end(struct nw_view *v, const struct nw_state *st, const struct nw_flow *f,
		    const struct nw_flow *in);

/* ---- which camera is asked for ---------------------------------------------------------------- */

/* By its declared name or its address, whichever was said. */
struct nw_view_wanted {
	const char *operand; /* NULL: all */
	const struct nw_camera_decl *declared;
	uint8_t addr[16];
	bool has_addr;
};

struct nw_view_wanted nw_view_wanted(const struct nw_config *config, const char *operand);
bool nw_view_wants(const struct nw_view_wanted *w, const struct nw_camera *c);
/* The same of what a recording's path says. */
bool nw_view_wants_name(const struct nw_view_wanted *w, const char *camera);
/* Does a recording's path say this camera? */
bool nw_view_is_of(const char *recorded, const struct nw_camera *c);
const struct nw_camera *nw_view_camera(const struct nw_state *st, const char *recorded);

/* ---- recordings that were read ------------------------------------------------------------------ */

#define NW_VIEW_FILES_MAX 512

/* By the path: a recording has no other name of its camera. Who records is no viewer. How many; what
 * found no room is added to lost. */
unsigned nw_view_files_of(const struct nw_state *st, const struct nw_view_wanted *w,
			  struct nw_view_files all[NW_VIEW_FILES_MAX], uint64_t *lost);

/* ---- the table: one command, one table ---------------------------------------------------------- */

#define NW_VIEW_DATASETS (1U << NW_DATASET_FLOW | 1U << NW_DATASET_FILE)
extern const struct nw_sink nw_view_sink;

/* At the end: what is open still becomes rows. */
void nw_view_table_end(const struct nw_state *st);
/* The i-th row that is a view: a camera's own, or what carried a picture out; NULL behind the last. */
const struct nw_view *nw_view_row(unsigned *i);
/* Did it find room for everything: how many records of flows it did not. */
uint64_t nw_view_table_lost(void);
