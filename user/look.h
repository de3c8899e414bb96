/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at a folder that is to be watched: the mark on it, its handle by which notifications call
 * it, and the names that are in it. By us while we may, by a helper once we gave up our privileges:
 * the same function on either side. The helper keeps the right to look into folders, looks only into
 * those that lead to spots, follows no symlink, opens no file, and ends with us.
 */
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>

#include "spots.h"
#include "util/macro.h"

#define NW_LOOK_NAMES 49152 /* bytes; a folder with more is taken up in part, which is said */

struct nw_look {
	int32_t error; /* 0 or -errno */
	int32_t type;
	uint64_t fsid;
	uint32_t handle_len;
	uint32_t names_len;
	uint32_t is_cut;
	uint8_t handle[MAX_HANDLE_SZ];
	char names[NW_LOOK_NAMES]; /* each with 'd' (a folder) or 'f' before and NUL behind it */
};

/* group: of fanotify. What became of it is in *ret. */
void nw_look(int group, const struct nw_spots *spots, const char *path, struct nw_look *ret);
/* The part of it that adds the names of an open folder, as long as they find room: who may write
 * there makes it as large as he likes. -errno. */
int nw_look_names(int fd, struct nw_look *ret);

struct nw_looker {
	int fd; /* -1: none */
};
NW_MUST_CHECK int nw_looker_start(int group, const struct nw_spots *spots, struct nw_looker *ret);
/* The same as nw_look(), by the helper. */
void nw_looker_ask(struct nw_looker *h, const char *path, struct nw_look *ret);
void nw_looker_end(struct nw_looker *h);
