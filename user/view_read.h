/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which recordings were read for one flow, and whether they explain what it sent. What was read is joined
 * to the flow as recording-export does it (export.h); bounds of what was read are the state's.
 */
#pragma once

#include "export.h"
#include "view.h"

#define NW_VIEW_FILE_RING 64

/* A file that counts: by how much, so that what is new of it counts once. */
struct nw_view_file {
	uint64_t inode, least, most;
	uint32_t dev;
	uint8_t camera; /* place in nw_view_reading.camera */
};

struct nw_view_way {
	struct nw_proc_id id;
	uint32_t group;
	uint8_t basis;
};

struct nw_view_reading {
	struct nw_view_way way[NW_EXPORT_WAYS_MAX];
	uint8_t ways;
	uint8_t basis;	   /* enum nw_export_basis: how reader and sender are joined */
	bool is_by_server; /* who sends serves a file system */
	bool is_recorder;  /* who reads also records: it has reasons of its own to read */
	bool has_more;	   /* cameras than there is room for */
	uint8_t cameras;
	struct nw_view_read camera[NW_VIEW_READS_MAX];
	struct nw_view_file file[NW_VIEW_FILE_RING]; /* the last ones */
	uint32_t files;
	uint64_t joined_ns;
};

/* Who may have read for the flow, as of now. */
void nw_view_reading_ways(struct nw_view_reading *g, const struct nw_state *st,
			  const struct nw_flow *f);
/* Adds what they read since the last time; the flow sent from then to then. */
void nw_view_reading_join(struct nw_view_reading *g, const struct nw_state *st, uint64_t from_ns,
			  uint64_t to_ns);

/* What recordings say of the flow of v, which sent v->tx: v's `recorded` fields, false when nothing. */
bool nw_view_explain(const struct nw_view_reading *g, struct nw_view *v);
