/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of cameras, and who is kin to them. Bounded: NW_KIN_MAX readers, and NW_KIN_UP steps up from
 * either. Process 1 is everybody's ancestor, and says nothing; of a parent's parents one that both have
 * says nothing either: a scheduler or a login starts whatever it is told.
 */
#include "kin.h"

#include <string.h>

#include "event.h"
#include "util/macro.h"

#define PAUSE_NS  (5 * NW_NSEC_PER_SEC)	 /* who is silent longer begins anew */
#define RECENT_NS (60 * NW_NSEC_PER_SEC) /* an older picture is not what is sent now */
#define PICTURE	  4000U			 /* bytes; what a camera says of itself is smaller */

static void line_of(const struct nw_state *st, const struct nw_proc *p,
		    struct nw_proc_id ret[NW_KIN_UP])
{
	memset(ret, 0, NW_KIN_UP * sizeof(ret[0]));
	for (unsigned i = 0; i < NW_KIN_UP && p && p->parent_id.tgid > 1; i++) {
		ret[i] = p->parent_id;
		p = nw_proc_find(st, &p->parent_id);
	}
}

static bool is_in(const struct nw_proc_id line[NW_KIN_UP], const struct nw_proc_id *id)
{
	for (unsigned i = 0; i < NW_KIN_UP && line[i].tgid; i++) {
		if (nw_proc_id_is_same(&line[i], id)) {
			return true;
		}
	}
	return false;
}

/* Its own place, or that of who was silent longest. */
static struct nw_kin_reader *place_of(struct nw_kin *k, const struct nw_proc_id *id)
{
	struct nw_kin_reader *oldest = &k->reader[0];

	for (unsigned i = 0; i < NW_KIN_MAX; i++) {
		struct nw_kin_reader *r = &k->reader[i];

		if (nw_proc_id_is_same(&r->id, id)) {
			return r;
		}
		oldest = r->last_ns < oldest->last_ns ? r : oldest;
	}
	return oldest;
}

void nw_kin_on_camera(struct nw_kin *k, const struct nw_state *st, const struct nw_flow *f,
		      uint64_t rx)
{
	uint64_t now = nw_state_now_ns(st);
	const struct nw_proc *p = f->owner;
	struct nw_kin_reader *r;

	if (!p || !rx) {
		return;
	}
	r = place_of(k, &p->id);
	/* who asks for single pictures has a connection for each: that is a beginning, too */
	if (!nw_proc_id_is_same(&r->id, &p->id) || now > r->last_ns + PAUSE_NS ||
	    f->first_ns > r->last_ns) {
		*r = (struct nw_kin_reader){ .id = p->id, .session = p->session, .first_ns = now };
		line_of(st, p, r->up);
	}
	r->last_ns = now;
	r->rx += rx;
	memcpy(r->camera, f->raddr, sizeof(r->camera));
}

const struct nw_kin_reader *nw_kin_of(const struct nw_kin *k, const struct nw_state *st,
				      const struct nw_proc *p, bool *ret_lineal)
{
	const struct nw_kin_reader *best = NULL;
	uint64_t now = nw_state_now_ns(st);
	struct nw_proc_id up[NW_KIN_UP];

	line_of(st, p, up);
	*ret_lineal = false;
	for (unsigned i = 0; i < NW_KIN_MAX; i++) {
		const struct nw_kin_reader *r = &k->reader[i];
		bool is_lineal;

		if (r->rx < PICTURE || now > r->last_ns + RECENT_NS ||
		    nw_proc_id_is_same(&r->id, &p->id) || (best && r->first_ns <= best->first_ns)) {
			continue;
		}
		is_lineal = is_in(r->up, &p->id) || is_in(up, &r->id);
		if (is_lineal || (r->session && r->session == p->session) ||
		    (r->up[0].tgid && nw_proc_id_is_same(&r->up[0], &up[0]))) {
			best = r;
			*ret_lineal = is_lineal;
		}
	}
	return best;
}

uint32_t nw_kin_rate(const struct nw_kin_reader *r)
{
	uint64_t ms = NW_MAX((r->last_ns - r->first_ns) / NW_NSEC_PER_MSEC, 1000U);

	return (uint32_t)NW_MIN(r->rx * 1000 / ms, (uint64_t)UINT32_MAX);
}
