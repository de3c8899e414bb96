/* SPDX-License-Identifier: Apache-2.0 */
/* Which recordings were read by whom: sums over the state's table of them. Owns nothing. */
#include "view.h"

#include <string.h>

static struct nw_view_files *reading_of(struct nw_view_files *all, unsigned *n,
					const struct nw_rec *r, uint64_t *lost)
{
	for (unsigned i = 0; i < *n; i++) {
		if (strcmp(all[i].proc->exe, r->proc->exe) == 0 &&
		    strcmp(all[i].proc->name, r->proc->name) == 0 &&
		    strcmp(all[i].camera, r->camera) == 0) {
			return &all[i];
		}
	}
	if (*n == NW_VIEW_FILES_MAX) {
		(*lost)++;
		return NULL;
	}
	all[*n] = (struct nw_view_files){ .proc = r->proc,
					  .camera = r->camera,
					  .from_ns = r->first_ns };
	return &all[(*n)++];
}

unsigned nw_view_files_of(const struct nw_state *st, const char *operand,
			  struct nw_view_files all[NW_VIEW_FILES_MAX], uint64_t *lost)
{
	const struct nw_rec *r = NULL;
	unsigned n = 0;

	while ((r = nw_rec_next(st, NULL, r))) {
		struct nw_view_files *g;

		if (!r->is_read || (operand && strcmp(operand, r->camera) != 0)) {
			continue;
		}
		g = reading_of(all, &n, r, lost);
		if (g) {
			g->files++;
			g->most += nw_rec_most(r) + nw_rec_uncounted(r);
			g->from_ns = NW_MIN(g->from_ns, r->first_ns);
			g->to_ns = NW_MAX(g->to_ns, r->last_ns);
		}
	}
	return n;
}
