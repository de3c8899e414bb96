/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loop looks at now and then, and what it switches on only while somebody needs it, so that
 * neither costs more than a share of a core. Owns nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

struct nw_helper;
struct nw_host;
struct nw_loader;

#define NW_LOOKS_COST 200 /* a look may take at most 1/200 of its period: 0.5 % of a core */

struct nw_looks {
	struct nw_loader *loader;
	struct nw_host *host;
	struct nw_helper *helper;
	uint64_t files_ns; /* open files: not before this, whoever wants it */
	uint64_t libraries_ns;
	uint64_t mapped_ns; /* mappings: not before this, whoever wants it */
	uint64_t link_ns;   /* when dev_queue was last needed */
	uint64_t births;
	uint64_t reads_until_ns;
	unsigned reads_sweeps;
};

/* dev_queue costs every packet of the host: it is attached only while something needs it, and that
 * before the record that says what. */
void nw_looks_link(struct nw_looks *k);
/* A camera's stream is read 500 times a second by one and the same: reads are looked at for a while
 * after a process or flow began, and else in one of some periods. */
void nw_looks_reads(struct nw_looks *k, uint64_t births, uint64_t now_ns);
/* Open files, told into the ring; 0, also where this kernel can't, or -errno. */
NW_MUST_CHECK int nw_looks_files(struct nw_looks *k);
bool nw_looks_may_files(const struct nw_looks *k);
/* What who has mapped, makers' libraries and shared memory: the same, once a second, or less often where
 * that is dear and nobody waits for it. */
NW_MUST_CHECK int nw_looks_mapped(struct nw_looks *k, bool is_awaited);
