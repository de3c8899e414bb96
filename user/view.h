/* SPDX-License-Identifier: Apache-2.0 */
/* Who sees a camera's picture: what `viewers` adds up and the record of it. Pointers are the state's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/lineage.h"

#define NW_VIEW_CHAIN 160

/* All flows of one process with one peer and service. */
struct nw_view {
	struct nw_proc_id id;
	uint8_t raddr[16];
	uint16_t port; /* the server's */
	bool is_outbound, is_inside;
	bool is_ingest; /* a camera's own: the process reads it */
	bool is_like;	/* as much was sent as came that way */
	uint8_t basis, cameras;
	uint32_t missed; /* cameras that found no room */
	uint8_t camera[NW_LINEAGE_MAX][16];
	uint64_t tx, rx;
	uint64_t from_ns, to_ns;
	char comm[16];
	char who[48];
	char chain[NW_VIEW_CHAIN];
	char place[80];
	char name[128];
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
};

static inline enum nw_view_how nw_view_how(const struct nw_view *v)
{
	if (v->files) {
		return NW_VIEW_FILES;
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

#define NW_VIEW_FILES_MAX 512

/* By the path: a recording has no other name of its camera. Who records is no viewer. operand: of this
 * camera only, or NULL. How many; what found no room is added to lost. */
unsigned nw_view_files_of(const struct nw_state *st, const char *operand,
			  struct nw_view_files all[NW_VIEW_FILES_MAX], uint64_t *lost);
