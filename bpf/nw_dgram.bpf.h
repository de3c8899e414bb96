/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reports of datagram flows, used by the ledger and by the socket's end. */
#pragma once

#include "nw_sock.bpf.h"

static __always_inline void nw_dgram_fill(struct nw_ev_sock *e, const struct nw_sock_id *id,
					  const struct nw_peer *p, enum nw_hook hook,
					  enum nw_sock_what what, __u64 now_ns, __u32 drops)
{
	nw_head_of(&e->ev, hook, NW_SHAPE_SOCK, what, sizeof(*e), now_ns);
	nw_sock_put_id(e, id);
	nw_sock_put_peer(e, p);
	e->drops = drops;
}

static __always_inline bool nw_peer_changed(const struct nw_peer *p)
{
	return p->ready && p->tx_packets + p->rx_packets != p->seen_packets;
}
