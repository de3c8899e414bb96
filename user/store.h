/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What nvrwatch knows, kept over restarts: one thread that owns the database and a bounded queue in
 * front of it. Who tells a row never waits for the disk. NULL is a store that nobody asked for.
 */
#pragma once

#include "store_db.h"

struct nw_store;

/* Before privileges are dropped. limits NULL: the defaults. 0, or -errno, which has been said: then
 * nothing is kept. */
NW_MUST_CHECK int nw_store_open(const char *dir, const struct nw_store_limits *limits,
				struct nw_store **ret);
/* Every row that was kept; before the thread is started. */
void nw_store_read(struct nw_store *s, nw_store_row_fn row, void *ctx);
/* The thread, with the privileges of who calls it. 0 or -errno. */
NW_MUST_CHECK int nw_store_start(struct nw_store *s);
/* nw_keeper's. A row that is told again before it was written takes the place of the one before. */
bool nw_store_keep(void *store, const struct nw_kept *row);
/* Rows that were refused, evicted, or found to be none, so far. */
uint64_t nw_store_lost(struct nw_store *s);
/* Writes what waits, unless that fails, which is said, and ends the thread. */
void nw_store_close(struct nw_store *s);
