/* SPDX-License-Identifier: Apache-2.0 */
/* See kept_case.h. Owns nothing. */
#include "kept_case.h"

#include <string.h>

#include "state/coverage.h"

#define AGES_NS (100LL * 366 * 24 * 3600 * (int64_t)NW_NSEC_PER_SEC)

void nw_kept_clock(struct nw_kept *row, const struct nw_state *st)
{
	nw_kept_add(row, (int64_t)nw_state_wall_ns(st, 0));
	nw_kept_add(row, (int64_t)nw_state_boot(st));
}

bool nw_kept_place(const struct nw_state *st, const struct nw_kept *row, unsigned clock,
		   int64_t last, struct nw_kept_place *ret)
{
	uint64_t now = nw_state_now_ns(st);
	int64_t ahead;

	*ret = (struct nw_kept_place){
		.is_same_boot = (uint64_t)row->n[clock + 1] == nw_state_boot(st),
	};
	if (!ret->is_same_boot) {
		ret->shift = (uint64_t)row->n[clock] - nw_state_wall_ns(st, 0);
	}
	ahead = (int64_t)((uint64_t)last + ret->shift - now);
	if (ahead < -AGES_NS || ahead > AGES_NS || (ret->is_same_boot && ahead > 0)) {
		return false;
	}
	ret->is_unsure = ahead > 0;
	ret->shift -= ahead > 0 ? (uint64_t)ahead : 0;
	return true;
}

uint64_t nw_kept_unseen(const struct nw_state *st, uint64_t from_ns, uint64_t to_ns)
{
	struct nw_coverage c;

	nw_coverage_of(st, from_ns, to_ns, &c);
	return c.window_ns - c.observed_ns;
}

void nw_kept_gone_add(struct nw_kept_gone *g, const char *key)
{
	if (g->count < NW_KEPT_GONE) {
		memcpy(g->key[g->count++], key, strnlen(key, NW_CASE_KEY - 1) + 1);
	}
}

bool nw_kept_gone_tell(struct nw_kept_gone *g, const char *kind, const struct nw_cases *c,
		       struct nw_kept_pace *p, const struct nw_keeper *k, uint64_t now_ns)
{
	while (g->count) {
		struct nw_kept row = nw_kept_row(kind, g->key[g->count - 1]);

		if (nw_cases_find(c, row.key) == NW_CASE_NONE &&
		    !nw_kept_tell(p, k, &row, now_ns)) {
			return false;
		}
		g->count--;
	}
	return true;
}
