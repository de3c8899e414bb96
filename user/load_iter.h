/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Iterators that are read after the privilege drop: their links are pinned in the private bpffs,
 * where open() by path needs no privilege (bpf_iter_create() does, on 5.10).
 */
#pragma once

#include <stddef.h>

#include "util/macro.h"

struct bpf_link;

#define NW_ITER_PATH_MAX 64

/* Pins the link under this name; 0 or -errno. */
NW_MUST_CHECK int nw_iter_pin(struct bpf_link *link, const char *name, char ret[NW_ITER_PATH_MAX]);
/* Runs it to its end. A program that writes a byte for each event is stopped after at most step
 * events (no more than NW_ITER_STEP_MAX), and fn may empty the ring; NULL: nobody does. */
#define NW_ITER_STEP_MAX 2048
NW_MUST_CHECK int nw_iter_read(const char *path, size_t step, int (*fn)(void *ctx), void *ctx);
