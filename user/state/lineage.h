/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose pictures can an outgoing flow carry? A question to the state and nothing more: which open flows
 * of cameras lead to who sends it, and by what is known. It says what is possible, not what was sent.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/camera.h"
#include "state/state.h"

#define NW_LINEAGE_MAX 32

/* The surer first. */
enum nw_lineage_basis {
	NW_LINEAGE_PROCESS, /* who sends it is who reads the camera */
	NW_LINEAGE_CHAIN,   /* a chain of processes leads from who reads to who sends */
};

struct nw_lineage_from {
	const struct nw_flow *ingest; /* the one that most comes over */
	const struct nw_camera *camera;
	const struct nw_proc *reader;
	uint8_t basis; /* enum nw_lineage_basis */
	uint8_t steps; /* links of the chain between the two */
};

/* Does it take what comes over the flow, as far as is known? Who only holds the socket does not. */
bool nw_flow_is_read_by(const struct nw_flow *f, const struct nw_proc *p);

/* One for each camera; those that found no room are counted. */
struct nw_lineage {
	struct nw_lineage_from from[NW_LINEAGE_MAX];
	uint8_t len;
	uint32_t missed;
};

/* A flow that is a camera's own, or whose other end is on this host, is nobody's way out: len 0. */
void nw_lineage_of(const struct nw_state *st, const struct nw_flow *f, struct nw_lineage *ret);
