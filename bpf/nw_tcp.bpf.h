/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a TCP socket moved, from struct tcp_sock.
 *
 *	sent     = bytes_acked + (snd_nxt - snd_una) - SYN - FIN
 *	received = bytes_received - FIN
 *
 * SYN is 1 on the connecting side, where TCP_REPAIR did not save it, FIN 1 once ours was sent, or theirs came (SOCK_DONE). Exact in
 * 13 scenarios on 5 kernels; bytes_sent - bytes_retrans is its twin, but counts a packet again that
 * local egress refused. Where the side is not known (open before the start, or no storage here) the
 * twin tells it: the two differ by exactly the SYN, but for what TCP_REPAIR queued as sent before. The
 * event says so, and user space, which may know the side, settles it.
 */
#pragma once

#include "nw_sock.bpf.h"

#define NW_TCP_SYN_SENT	 2
#define NW_TCP_FIN_WAIT1 4
#define NW_TCP_FIN_WAIT2 5
#define NW_TCP_CLOSE	 7
#define NW_TCP_LAST_ACK	 9
#define NW_TCP_LISTEN	 10
#define NW_TCP_CLOSING	 11
#define NW_TCP_HEADER	 20 /* without options */
#define NW_SK_FLAG_DONE	 1  /* enum sock_flags: SOCK_DEAD 0, SOCK_DONE 1 */

struct nw_tcp_count {
	__u64 tx;
	__u64 rx;
	__u64 unacked;
	__u64 unsent;
	__u32 tx_packets;
	__u32 rx_packets;
	__u32 flags; /* NW_SOCK_TIMESTAMPS, _NO_SIDE, _SYN_TAKEN */
};

/* state: the socket's, or the one before CLOSE. tp and sk are BTF pointers to the same socket. */
static __always_inline void nw_tcp_read(struct tcp_sock *tp, __u32 state, __u32 flags,
					struct nw_tcp_count *ret)
{
	struct sock *sk = (struct sock *)tp;
	__u32 una = tp->snd_una;
	__u64 acked = tp->bytes_acked;
	__u32 nxt = tp->snd_nxt;
	__u32 write = tp->write_seq;
	__u64 twin = tp->bytes_sent - tp->bytes_retrans;
	__u32 flight = nxt - una;
	__u64 sent = acked + flight;
	__u32 waiting = write - nxt;

	ret->flags = tp->tcp_header_len > NW_TCP_HEADER ? NW_SOCK_TIMESTAMPS : 0;
	if (state == NW_TCP_FIN_WAIT1 || state == NW_TCP_FIN_WAIT2 || state == NW_TCP_CLOSING ||
	    state == NW_TCP_LAST_ACK || state == 6 /* TIME_WAIT */) {
		if (waiting == 0) { /* the FIN, last in the queue, was sent */
			sent -= 1;
			if (flight) {
				flight -= 1;
			}
		} else {
			waiting -= 1;
		}
	}
	if (flags & NW_SOCK_CONNECTED) {
		sent -= sent && !(flags & NW_SOCK_NO_SYN) ? 1 : 0;
	} else if (!(flags & NW_SOCK_ACCEPTED)) {
		ret->flags |= NW_SOCK_NO_SIDE;
		if (sent == twin + 1) {
			ret->flags |= NW_SOCK_SYN_TAKEN;
			sent = twin;
		}
	}
	if (state == NW_TCP_SYN_SENT) {
		flight = 0;
		sent = 0;
	}
	ret->tx = sent;
	ret->rx = tp->bytes_received;
	if ((sk->__sk_common.skc_flags >> NW_SK_FLAG_DONE) & 1) {
		ret->rx -= ret->rx ? 1 : 0;
	}
	ret->unacked = flight;
	ret->unsent = waiting;
	ret->tx_packets = tp->segs_out;
	ret->rx_packets = tp->segs_in;
}

/* The two ends. at_close: skc_num is gone by then, inet_sport is not. */
static __always_inline void nw_tcp_put_ends(struct nw_ev_sock *e, const struct sock *sk,
					    __be16 lport_be)
{
	e->lport_be = lport_be;
	e->rport_be = sk->__sk_common.skc_dport;
	e->netns = sk->__sk_common.skc_net.net->ns.inum;
	if (sk->__sk_common.skc_family == NW_AF_INET6) {
		const __u32 *l = sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32;
		const __u32 *r = sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32;
		__u32 *el = (__u32 *)e->laddr;
		__u32 *er = (__u32 *)e->raddr;

		e->family = 6;
		el[0] = l[0];
		el[1] = l[1];
		el[2] = l[2];
		el[3] = l[3];
		er[0] = r[0];
		er[1] = r[1];
		er[2] = r[2];
		er[3] = r[3];
	} else {
		e->family = 4;
		nw_addr_set4(e->laddr, sk->__sk_common.skc_rcv_saddr);
		nw_addr_set4(e->raddr, sk->__sk_common.skc_daddr);
	}
}

static __always_inline void nw_tcp_put_count(struct nw_ev_sock *e, const struct nw_tcp_count *n)
{
	e->tx_bytes = n->tx;
	e->rx_bytes = n->rx;
	e->tx_packets = n->tx_packets;
	e->rx_packets = n->rx_packets;
	e->unacked = n->unacked;
	e->unsent = n->unsent;
	e->flags |= n->flags;
}

static __always_inline void nw_tcp_put_stream(struct nw_ev_sock *e, const struct nw_stream *v)
{
	e->cookie = v->cookie;
	e->owner = v->owner;
	e->sender = v->sender;
	e->birth_ns = v->birth_ns;
	e->t0_ns = v->seen_ns;
	e->t0_tx_bytes = v->seen_tx;
	e->t0_rx_bytes = v->seen_rx;
	e->uid = v->uid;
	e->ifindex = v->ifindex;
	e->flags = v->flags | (v->owner_read ? NW_SOCK_OWNER_READ : 0);
}
