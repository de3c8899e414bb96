/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spots: where this host looks for what it starts by itself, and for whom it lets in. Patterns of
 * paths, each with its kind; which folders must be looked at to see changes there. "*" stands for any
 * text in one part of a path, "**" at the end for everything below, "~" at the front for the home of
 * everybody who can log in.
 */
#pragma once

#include <stdbool.h>

#include "nw_event.h"
#include "util/macro.h"

#define NW_SPOTS_MAX 2048

struct nw_spot {
	char *path;
	char kind[NW_CHANGE_KIND_MAX + 1];
	char technique[NW_CHANGE_TECHNIQUE_MAX + 1];
};

struct nw_spots;

/* root: below which folder the host's paths are, "/" of the host itself. -errno. */
NW_MUST_CHECK int nw_spots_new(const char *root, struct nw_spots **ret);
void nw_spots_free(struct nw_spots *s);
/* Can it be one? NULL, or what is wrong with it. */
const char *nw_spots_wrong(const char *pattern);
/* "T1543.002" */
bool nw_spots_is_technique(const char *text);
#define NW_SPOTS_PATTERN "a path that begins with / or ~/, with * in its parts or ** as the last"
/* -ENOSPC: there are NW_SPOTS_MAX. */
NW_MUST_CHECK int nw_spots_add(struct nw_spots *s, const char *pattern, const char *kind,
			       const char *technique);
unsigned nw_spots_count(const struct nw_spots *s);
/* Symlinks resolved. */
const char *nw_spots_root(const struct nw_spots *s);
/* What a file with this path would be, the row that was added last; or NULL. */
const struct nw_spot *nw_spots_of(const struct nw_spots *s, const char *path);

/* What is to be seen in a folder. */
enum nw_spots_folder {
	NW_SPOTS_NOTHING,
	NW_SPOTS_WAY,	/* folders that lead to spots */
	NW_SPOTS_FILES, /* files that are */
};
enum nw_spots_folder nw_spots_folder(const struct nw_spots *s, const char *path);
