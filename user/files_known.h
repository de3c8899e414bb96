/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which file is a recording, wherever it lies by now: those that were met below a root, by device, inode
 * and when they were made, so that a hard link, a folder mounted elsewhere or mv hides none. Where the
 * file system keeps no such time, its size and last change must be what they were. Not seen: what nobody
 * has opened there in this session (to look for it would let a slow disk hold up the start), and older
 * ones than there is room for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "nw_event.h"
#include "util/lru.h"

struct nw_files_id {
	uint64_t inode, made_ns, changed_ns, size; /* made_ns 0 = not known */
	uint32_t dev;
};

struct nw_file_known {
	struct nw_files_id id;
	uint16_t root, path_len;
	bool is_cut;
	char path[NW_FILE_PATH_MAX]; /* below the root */
};

struct nw_files_known {
	struct nw_lru lru;
	struct nw_file_known *file;
};

NW_MUST_CHECK int nw_files_known_init(struct nw_files_known *k);
void nw_files_known_free(struct nw_files_known *k);
/* Leaves of a path that has no room the last part; true: it had none. */
bool nw_files_cut(const char **path, size_t *len);
struct nw_files_id nw_files_id_of(const struct statx *st);
/* It is below this root; of a path that has no room the last part. The file that was met longest ago
 * makes room. */
void nw_files_known_put(struct nw_files_known *k, const struct nw_files_id *id, unsigned root,
			const char *path, size_t len);
/* NULL: none that was met below a root. */
const struct nw_file_known *nw_files_known_find(const struct nw_files_known *k,
						const struct nw_files_id *id);
