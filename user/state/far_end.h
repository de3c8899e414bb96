/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The far end of a flow, for those who speak of it later: short connections are gone by then, and
 * where something went is the first thing that is asked.
 */
#pragma once

#include <string.h>

#include "state/state.h"

struct nw_far_end {
	uint64_t cookie; /* 0 = none */
	uint32_t slot;
	uint8_t addr[16];
	uint16_t port; /* host order; 0 = no port that is known */
	uint16_t proto;
	bool is_outbound;
};

static inline struct nw_far_end nw_far_end_of(const struct nw_flow *f)
{
	struct nw_far_end far = { .cookie = f->cookie,
				  .slot = f->slot,
				  .port = f->rport,
				  .proto = f->proto,
				  .is_outbound = f->is_outbound };

	memcpy(far.addr, f->raddr, sizeof(far.addr));
	return far;
}

/* Is it an address: not an interface, nor the sum of peers that found no room. */
bool nw_far_end_has_addr(const struct nw_far_end *far);
/* The name that was asked for before now_ns, by p (or NULL) if it asked, and gave this address, or NULL. */
const char *nw_far_end_name(const struct nw_state *st, const struct nw_far_end *far,
			    const struct nw_proc *p, uint64_t now_ns);
