/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a finding rests on: the records that were told of its process, its flow and the processes that
 * its data can come from, the first and the last of each, by their numbers. Kept by the places of state's
 * tables, whose entry says whose it is.
 */
#pragma once

#include "output.h"
#include "util/macro.h"

#define NW_RESTS_MAX 16

struct nw_rests;

NW_MUST_CHECK int nw_rests_new(uint32_t flows, uint32_t processes, struct nw_rests **ret);
void nw_rests_free(struct nw_rests *r);
/* A record was told, with its number. */
void nw_rests_told(struct nw_rests *r, const struct nw_output *out);
/* Numbers, rising, each once: how many. */
unsigned nw_rests_of(const struct nw_rests *r, const struct nw_state *st,
		     const struct nw_finding *f, uint64_t ret[NW_RESTS_MAX]);
