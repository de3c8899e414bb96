/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.db: rows that survive a restart, in SQLite. Everything is opened and made at once; what is
 * written afterwards needs no path and no privilege. One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kept.h"
#include "util/macro.h"

#define NW_STORE_FILE "state.db"

struct nw_store_db;

struct nw_store_limits {
	uint32_t queue; /* rows that wait to be written */
	uint32_t rows;	/* of each kind; the one that was not told for longest goes */
	uint32_t pages; /* of 4 KiB, of the whole database */
};

/* A row as it is written; an empty value takes it out. */
struct nw_store_row {
	char kind[NW_KEPT_KIND];
	char key[NW_KEPT_KEY];
	char value[NW_KEPT_VALUE];
};

typedef void (*nw_store_row_fn)(void *ctx, const char *kind, const char *key, const char *value);

/*
 * Opens or makes DIR/state.db (0700, 0600). What can't be read, or is no state.db, is put aside under
 * another name and a new one is made; what a newer version wrote, or another process uses, is left
 * alone. 0, or -errno, and that has been logged.
 */
NW_MUST_CHECK int nw_store_db_open(const char *dir, const struct nw_store_limits *limits,
				   struct nw_store_db **ret);
void nw_store_db_close(struct nw_store_db *db);

/* Every row, by kind, those first that were told last long ago. 0 or -errno. *ret_bad: rows that are
 * none, left out. */
NW_MUST_CHECK int nw_store_db_read(struct nw_store_db *db, nw_store_row_fn row, void *ctx,
				   uint64_t *ret_bad);
/* All of them or none. 0; -EBADMSG when the database is damaged; else -errno, and it may go next time.
 * *ret_evicted is added to. */
NW_MUST_CHECK int nw_store_db_write(struct nw_store_db *db, const struct nw_store_row *rows,
				    unsigned count, uint64_t *ret_evicted);
/* In SQLite's words, of the last failure. */
const char *nw_store_db_error(const struct nw_store_db *db);
