/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of one file's reading and of one process's: bounds, how they are known, the path. Owns
 * nothing.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "util/text.h"

uint64_t nw_rec_least(const struct nw_rec *r)
{
	return NW_MIN(r->is_counted ? r->bytes : r->position, r->size);
}

uint64_t nw_rec_most(const struct nw_rec *r)
{
	uint64_t read = NW_MIN(r->bytes, r->size);

	return r->is_counted ? read + NW_MIN(r->mapped, r->size - read) : r->size;
}

uint64_t nw_rec_uncounted(const struct nw_rec *r)
{
	return r->is_in_part ? r->size - nw_rec_most(r) : 0;
}

/* "<folder>\n<what tells of its files>", or NULL */
static const char *root_of(const struct nw_state *st, const struct nw_rec *r)
{
	char key[16] = "files.";

	(void)nw_text_u64(key + 6, r->root);
	return nw_fact_find(st, key);
}

bool nw_rec_root_is_in_part(const struct nw_state *st, const struct nw_rec *r)
{
	const char *root = root_of(st, r);
	const char *said = root ? strchr(root, '\n') : NULL;

	return said && strncmp(said + 1, NW_ROOT_IN_PART, sizeof(NW_ROOT_IN_PART) - 1) == 0;
}

size_t nw_rec_path(const struct nw_state *st, const struct nw_rec *r, char *ret, size_t size)
{
	const char *root = root_of(st, r);
	int n;

	n = snprintf(ret, size, "%.*s/%s", root ? (int)strcspn(root, "\n") : 0, root ? root : "",
		     r->path);
	return NW_MIN(n > 0 ? (size_t)n : 0, size - 1);
}

const char *nw_rec_tier(const struct nw_rec_use *use)
{
	if (use->counts && use->counts >= use->files) {
		return use->in_part ? "part" : use->bytes_mapped ? "mapped" : "exact";
	}
	return !use->positions ? "opened" : use->positions < use->files ? "some" : "position";
}
