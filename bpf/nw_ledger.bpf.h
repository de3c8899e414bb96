/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One look at one socket: what it moved since the last one, told. How the ledger comes by the socket
 * is the hooks' own: over the storage itself, or where the kernel refuses iterators over maps, over
 * all open files. That way misses a socket that no file table holds (the kernel's own: NFS,
 * WireGuard; direct descriptors of io_uring; closed with data left to send), so there such a socket
 * tells of itself when it has a packet.
 */
#pragma once

#include "nw_dgram.bpf.h"
#include "nw_tcp.bpf.h"

#define NW_IDLE_PASSES 50 /* 10 s at 200 ms */

/* Looks that a socket is not come by before it tells of itself. */
#define NW_LOOKS_MISSED 2

const volatile __u8 nw_cfg_by_files __weak = 0; /* the ledger's second way in */

/* Looks so far, counted from 1. One reader at a time. */
__u32 nw_looks __weak = 0;

/* The socket of a file, when it is one that may be in the ledger. The helper looks what kind of file
 * it is: a step from a pointer that the verifier trusts costs 2 ms of the start. */
static __always_inline struct sock *nw_file_sock(struct file *file)
{
	struct socket *socket = file ? bpf_sock_from_file(file) : NULL;
	struct sock *sk;
	__u16 family;

	if (!socket) {
		return NULL;
	}
	sk = socket->sk;
	if (!sk) {
		return NULL;
	}
	family = sk->__sk_common.skc_family;
	return family == NW_AF_INET || family == NW_AF_INET6 ? sk : NULL;
}

/* ---- TCP ------------------------------------------------------------------------------------ */

/* Read without the lock: an acknowledgement between two loads may count twice for one bin; totals
 * heal it. Without room in the ring it is counted, and the totals come with the next bin. */
static __always_inline void nw_stream_look(struct tcp_sock *tp, struct nw_stream *v,
					   enum nw_hook hook)
{
	__u32 state = tp->inet_conn.icsk_inet.sk.__sk_common.skc_state;
	struct nw_tcp_count n;
	struct nw_ev_sock *e;
	__u64 now;

	if (state == NW_TCP_CLOSE || state == NW_TCP_LISTEN) {
		return;
	}
	nw_tcp_read(tp, state, v->flags, &n);
	if (n.tx == v->seen_tx && n.rx == v->seen_rx && v->seen_ns) {
		return;
	}
	if (!v->seen_ns && !n.tx && !n.rx && !(v->flags & NW_SOCK_PRESTART)) {
		return; /* nothing moved yet */
	}
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return;
	}
	if (nw_is_stale(&v->ready, 0)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return;
	}
	now = bpf_ktime_get_boot_ns();
	nw_head_of(&e->ev, hook, NW_SHAPE_SOCK, NW_SOCK_BIN, sizeof(*e), now);
	nw_tcp_put_stream(e, v);
	nw_tcp_put_count(e, &n);
	nw_tcp_put_ends(e, (struct sock *)tp, tp->inet_conn.icsk_inet.inet_sport);
	e->slot = NW_SLOT_NONE;
	e->drops = 0;
	e->proto = IPPROTO_TCP;
	e->state = state;
	if (n.tx != v->seen_tx) {
		/* the next packets tell who sends */
		v->sender_tries = v->steady < NW_ROLE_STEADY ? NW_ROLE_TRIES : 1;
		v->tx_quiet = 0;
	}
	if (n.rx != v->seen_rx) {
		v->reader_tries = NW_ROLE_TRIES;
	}
	v->seen_tx = n.tx;
	v->seen_rx = n.rx;
	v->seen_ns = now;
	v->netns = e->netns;
	nw_submit(e);
}

/* ---- datagrams ------------------------------------------------------------------------------ */

static __always_inline void nw_peer_report(const struct nw_sock_id *id, struct nw_peer *p,
					   __u32 drops, __u64 now, enum nw_hook hook)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));

	if (!e) {
		return; /* counted; the totals come with the next bin */
	}
	if (nw_is_stale(&id->closed, 1)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return;
	}
	nw_dgram_fill(e, id, p, hook, NW_SOCK_BIN, now, drops);
	/* what was told, not what the counters say by now */
	p->seen_packets = e->tx_packets + e->rx_packets;
	p->seen_tx = e->tx_bytes;
	p->seen_rx = e->rx_bytes;
	p->seen_ns = now;
	nw_submit(e);
}

/*
 * A far slot whose peer was silent for NW_IDLE_PASSES looks is given back after its last report, so
 * that a server with ever new clients does not run out; its next datagram gets a new slot number
 * and its totals start at 0 again.
 */
static __always_inline void nw_far_look_at(struct nw_far *v, struct nw_peer *p, __u32 drops,
					   __u64 now, enum nw_hook hook)
{
	if (!p->claim) {
		return;
	}
	/* not nw_peer_changed(): a datagram may have found the slot just before it closed, which is
	 * then kept as long as any other */
	if (p->tx_packets + p->rx_packets != p->seen_packets) {
		p->idle = 0;
		nw_peer_report(&v->id, p, drops, now, hook);
		return;
	}
	if (p->idle < NW_IDLE_PASSES) {
		p->idle++;
		return;
	}
	if (p->ready) { /* closed to new datagrams for one look, then free */
		p->ready = 0;
		return;
	}
	p->tx_bytes = 0;
	p->tx_packets = 0;
	p->rx_bytes = 0;
	p->rx_packets = 0;
	p->seen_packets = 0;
	p->seen_ns = 0;
	p->seen_tx = 0;
	p->seen_rx = 0;
	p->claim = 0;
}

static __always_inline __u32 nw_drops_of(const struct sock *sk)
{
	struct numa_drop_counters *numa = NULL;

	if (bpf_core_field_exists(sk->sk_drop_counters)) { /* UDP's, from 6.18 on */
		numa = BPF_CORE_READ(sk, sk_drop_counters);
	}
	if (numa) {
		return BPF_CORE_READ(numa, drops0.counter) + BPF_CORE_READ(numa, drops1.counter);
	}
	return BPF_CORE_READ(sk, sk_drops.counter);
}
