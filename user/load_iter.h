/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Iterators that are read after the privilege drop: their links are pinned in the private bpffs,
 * where open() by path needs no privilege (bpf_iter_create() does, on 5.10).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/macro.h"

struct bpf_link;
struct bpf_object;
struct bpf_program;

#define NW_ITER_PATH_MAX 64
#define NW_ITERS_MAX	 12
#define NW_ITER_MAPS_MAX 2

struct nw_iters {
	struct nw_iter {
		char path[NW_ITER_PATH_MAX];
		bool is_of_forwards; /* read once something was forwarded */
	} ledger[NW_ITERS_MAX];	     /* read at every sweep, in this order */
	unsigned count;
	char fd_scan[NW_ITER_PATH_MAX]; /* "": this kernel can't */
	char lib_scan[NW_ITER_PATH_MAX];
};

/*
 * Attaches the program, once for each map that it reads, and pins the links. How many it made is in
 * *ret_count, those before an error too: they are the caller's. 0 or -errno.
 */
NW_MUST_CHECK int nw_iters_attach(struct nw_iters *iters, const struct bpf_object *obj,
				  const struct bpf_program *prog,
				  struct bpf_link *ret[NW_ITER_MAPS_MAX], unsigned *ret_count);
/* Lets the ledger report. */
NW_MUST_CHECK int nw_iters_sweep(const struct nw_iters *iters, bool has_forwards);
/* Lets one of the two report, and calls fn, which may empty the ring, after at most step events.
 * -ENOENT: this kernel can't. */
NW_MUST_CHECK int nw_iters_scan(const char path[NW_ITER_PATH_MAX], size_t step,
				int (*fn)(void *ctx), void *ctx);
