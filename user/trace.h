/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who traces a way: processes whose probes, made by hand or echo, are answered by ICMP, one in three at
 * least. A tunnel or a flood is not answered so, or icmp-tunnel sees what it carries. Fixed room; the
 * oldest process goes. Source: docs/indicators.md, covert-socket.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

#define NW_TRACES 32

struct nw_trace {
	struct nw_proc_id proc;
	uint64_t since_ns;
	uint64_t probes, answers; /* packets */
};

struct nw_traces {
	struct nw_trace of[NW_TRACES];
	uint32_t count;
};

/* A measure of a flow, of whatever protocol. */
void nw_traces_count(struct nw_traces *t, const struct nw_moved *m, uint64_t now_ns);
bool nw_traces_has(const struct nw_traces *t, const struct nw_proc_id *id, uint64_t now_ns);
