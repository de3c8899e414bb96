/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who opens and closes the files below the recording roots, as the kernel notifies it (fanotify). It
 * needs no trampoline and sees io_uring, every container's processes and every way to open a file;
 * it tells who and which, not how much was read. Opened before the privileges are dropped, read
 * afterwards without any. What is not below a root is dropped here.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nw_event.h"
#include "util/macro.h"

struct nw_files;

/* A root and what became of it. */
struct nw_files_root {
	char path[PATH_MAX]; /* symlinks resolved */
	uint64_t inode;	     /* of the folder */
	uint32_t dev;	     /* kernel encoding */
	int error;	     /* 0 = watched, else -errno */
};

typedef void (*nw_files_feed_fn)(void *ctx, const void *data, size_t len);

NW_MUST_CHECK int nw_files_new(struct nw_files **ret);
void nw_files_free(struct nw_files *f);
/* -ENOSPC: there are NW_FILE_ROOTS_MAX. Of one that can't be watched the reason is in its place;
 * one that was added before is not added again. */
int nw_files_add(struct nw_files *f, const char *path);
unsigned nw_files_roots(const struct nw_files *f);
const struct nw_files_root *nw_files_root(const struct nw_files *f, unsigned i);
/* Takes what waits, 170 notifications at most; false: nothing does. Whoever did it is in the ring by
 * then, so that the ring is read before the events are told. f may be NULL, below too. */
bool nw_files_read(struct nw_files *f);
/* Events of what was taken, as of now_ns. */
void nw_files_tell(struct nw_files *f, uint64_t now_ns, nw_files_feed_fn feed, void *ctx);
/* The queue was full, or one could not be looked at. NULL: none. */
uint64_t nw_files_lost(const struct nw_files *f);
/* What tells of a root's files: "opened, position", "opened", "position: why", "off: why". */
#define NW_FILES_TIER 128
void nw_files_tier(const struct nw_files_root *r, bool has_scan, char ret[NW_FILES_TIER]);
/* Below which root is this path, and where does it go on behind it? -1: none. */
int nw_files_below_of(const char *const *root, unsigned count, const char *path, size_t len,
		      const char **ret_rest);
