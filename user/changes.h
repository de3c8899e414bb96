/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who changes what this host starts by itself: notifications (fanotify) of the folders that spots are
 * in, by name, so that no file is opened for them. It needs no trampoline and sees io_uring and every
 * container; it tells who, where and what was done, not what was written. Begun before the privileges
 * are dropped; folders that come later are taken up by a helper that can do nothing else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nw_event.h"
#include "spots.h"
#include "util/macro.h"

struct nw_changes;

typedef void (*nw_changes_feed_fn)(void *ctx, const void *data, size_t len);

/* Watches every folder that leads to a spot or holds one; spots are kept, not owned. -errno. */
NW_MUST_CHECK int nw_changes_new(const struct nw_spots *spots, struct nw_changes **ret);
/* Before the drop, once: for the folders that come to be. Logs; without it they are lost. */
void nw_changes_start_helper(struct nw_changes *c);
void nw_changes_free(struct nw_changes *c);
/* Takes what waits, a few hundred at most; false: nothing does. Told behind the ring, as of files.h.
 * c may be NULL, below too. */
bool nw_changes_read(struct nw_changes *c);
/* Events of what was taken, as of now_ns. */
void nw_changes_tell(struct nw_changes *c, uint64_t now_ns, nw_changes_feed_fn feed, void *ctx);
/* The queue was full, or a folder that came to be could not be watched. */
uint64_t nw_changes_lost(const struct nw_changes *c);
unsigned nw_changes_folders(const struct nw_changes *c);
/* Of the start: folders that could not be watched. */
unsigned nw_changes_unwatched(const struct nw_changes *c);
