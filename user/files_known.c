/* SPDX-License-Identifier: Apache-2.0 */
/* See files_known.h. */
#include "files_known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN_MAX \
	4096 /* 1.3 MiB, touched as files are met: a day of one-minute files of three cameras */

int nw_files_known_init(struct nw_files_known *k)
{
	int r = nw_lru_init(&k->lru, KNOWN_MAX);

	if (r < 0) {
		return r;
	}
	k->file = calloc(KNOWN_MAX, sizeof(*k->file));
	return k->file ? 0 : -ENOMEM;
}

void nw_files_known_free(struct nw_files_known *k)
{
	nw_lru_free(&k->lru);
	free(k->file);
}

static uint32_t hash_of(const struct nw_files_known *k, const struct nw_files_id *id)
{
	return (uint32_t)nw_hash_mix(nw_hash_mix(k->lru.seed, id->inode), id->dev);
}

static uint32_t place_of(const struct nw_files_known *k, const struct nw_files_id *id)
{
	uint32_t i = nw_lru_first(&k->lru, hash_of(k, id));

	while (i != NW_LRU_NONE &&
	       (k->file[i].id.inode != id->inode || k->file[i].id.dev != id->dev)) {
		i = nw_lru_next(&k->lru, i);
	}
	return i;
}

static uint64_t ns_of(const struct statx_timestamp *t)
{
	return (uint64_t)t->tv_sec * NW_NSEC_PER_SEC + t->tv_nsec;
}

struct nw_files_id nw_files_id_of(const struct statx *st)
{
	return (struct nw_files_id){
		.inode = st->stx_ino,
		.made_ns = st->stx_mask & STATX_BTIME ? ns_of(&st->stx_btime) : 0,
		.changed_ns = ns_of(&st->stx_mtime),
		.size = st->stx_size,
		.dev = st->stx_dev_major << 20 | st->stx_dev_minor,
	};
}

bool nw_files_cut(const char **path, size_t *len)
{
	if (*len <= NW_FILE_PATH_MAX) {
		return false;
	}
	*path += *len - NW_FILE_PATH_MAX;
	*len = NW_FILE_PATH_MAX;
	return true;
}

void nw_files_known_put(struct nw_files_known *k, const struct nw_files_id *id, unsigned root,
			const char *path, size_t len)
{
	uint32_t i = place_of(k, id);
	bool is_cut = nw_files_cut(&path, &len);

	if (i != NW_LRU_NONE) {
		nw_lru_touch(&k->lru, i);
	} else {
		if (k->lru.used == k->lru.capacity) {
			nw_lru_remove(&k->lru, k->lru.oldest);
		}
		i = nw_lru_add(&k->lru, hash_of(k, id));
	}
	k->file[i].id = *id;
	k->file[i].root = (uint16_t)root;
	k->file[i].path_len = (uint16_t)len;
	k->file[i].is_cut = is_cut;
	memcpy(k->file[i].path, path, len);
}

/* An inode's number is given out again: to another file. */
static bool is_same(const struct nw_files_id *a, const struct nw_files_id *b)
{
	if (a->made_ns && b->made_ns) {
		return a->made_ns == b->made_ns;
	}
	return a->changed_ns == b->changed_ns && a->size == b->size;
}

const struct nw_file_known *nw_files_known_find(const struct nw_files_known *k,
						const struct nw_files_id *id)
{
	uint32_t i = place_of(k, id);

	return i != NW_LRU_NONE && is_same(&k->file[i].id, id) ? &k->file[i] : NULL;
}
