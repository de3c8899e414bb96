/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's own: what load.c made and load_run.c uses. Nobody else includes this or the skeleton. */
#pragma once

#include "cgroup.h"
#include "load.h"
#include "load_guard.h"
#include "load_iter.h"

struct bpf_link;
struct nvrwatch_bpf;
struct ring_buffer;

#define NW_LOAD_PROGS_MAX 48

struct nw_loader {
	struct nvrwatch_bpf *skel;
	struct ring_buffer *ring;
	struct bpf_link *link[NW_LOAD_PROGS_MAX];
	unsigned links;
	struct nw_iters iters;
	uint32_t ring_bytes;
	uint64_t direct_xmit; /* of kernels where it tells what a flag tells on others */
	bool has_forwards;
	struct nw_hook_status status[_NW_HOOK_MAX];
	bool is_off[NW_LOAD_PROGS_MAX];	 /* by position in the object */
	bool is_gone[NW_LOAD_PROGS_MAX]; /* a twin that this kernel has no place for */
	bool has_files;
	struct nw_cgroup cgroup;
	struct nw_guard guard;
	uint32_t roots_age; /* what was written last of .data.asked */
	bool reads_ignored;
	uint32_t touched; /* NW_LOAD_TOUCHED_*, not told yet */
	nw_load_feed_fn fn;
	void *fn_ctx;
};
