/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of a flow's far end when the flow is gone. Owns nothing. */
#include "state/far_end.h"

#include "state/internal.h"

bool nw_far_end_has_addr(const struct nw_far_end *far)
{
	static const uint8_t nobody[16];

	return far->slot != NW_SLOT_OTHER && memcmp(far->addr, nobody, sizeof(nobody)) != 0;
}

const char *nw_far_end_name(const struct nw_state *st, const struct nw_far_end *far,
			    const struct nw_proc *p, uint64_t now_ns)
{
	return nw_names_of(st->names, far->addr, p ? &p->id : NULL, now_ns);
}
