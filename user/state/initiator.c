/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who began a flow: the handshake, else the first datagram of the two, else who listens, else the
 * lower port. A host that was asked on one port may answer from another (TFTP, RFC 1350): what comes
 * to the socket that asked it is an answer.
 */
#include <netinet/in.h>
#include <string.h>

#include "internal.h"

static bool is_answer(const struct nw_state *st, const struct nw_flow *f)
{
	uint32_t i = nw_lru_first(&st->flow_lru, nw_flow_hash(st, f->cookie));

	for (; i != NW_LRU_NONE; i = nw_lru_next(&st->flow_lru, i)) {
		const struct nw_flow *other = &st->flows[i];

		if (other != f && other->cookie == f->cookie && other->is_outbound &&
		    other->first_ns <= f->first_ns &&
		    memcmp(other->raddr, f->raddr, sizeof(f->raddr)) == 0) {
			return true;
		}
	}
	return false;
}

const struct nw_ev_sock *nw_flow_settle(const struct nw_flow *f, const struct nw_ev_sock *e,
					struct nw_ev_sock *room)
{
	bool has_syn = (f->flags & NW_SOCK_CONNECTED) && !(f->flags & NW_SOCK_NO_SYN);
	bool is_taken = e->flags & NW_SOCK_SYN_TAKEN;

	if (!(e->flags & NW_SOCK_NO_SIDE) || is_taken == has_syn ||
	    !(f->flags & (NW_SOCK_CONNECTED | NW_SOCK_ACCEPTED))) {
		return e;
	}
	*room = *e;
	room->tx_bytes += is_taken;
	room->tx_bytes -= has_syn && room->tx_bytes;
	return room;
}

void nw_flow_set_initiator(const struct nw_state *st, struct nw_flow *f)
{
	bool is_old = f->flags & (NW_SOCK_PRESTART | NW_SOCK_FOUND);

	if (f->flags & (NW_SOCK_CONNECTED | NW_SOCK_ACCEPTED)) {
		f->initiator = NW_INITIATOR_SYN;
		f->is_outbound = f->flags & NW_SOCK_CONNECTED;
	} else if (f->proto != IPPROTO_TCP && !is_old) {
		f->initiator = NW_INITIATOR_FIRST;
		f->is_outbound = (f->flags & NW_SOCK_TX_FIRST) || is_answer(st, f);
	} else if (!(f->flags & NW_SOCK_FORWARDED) &&
		   nw_listener_has(st, f->netns, f->proto, f->lport)) {
		f->initiator = NW_INITIATOR_LISTENER;
		f->is_outbound = false;
	} else {
		f->initiator = NW_INITIATOR_ASSUMED;
		f->is_outbound = f->lport > f->rport;
	}
}
