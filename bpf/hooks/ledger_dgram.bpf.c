/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_dgram: what datagram, ICMP and raw sockets moved since the last look, for each peer.
 *
 * Kernel: iter/bpf_sk_storage_map over nw_dgrams, and over nw_far_even and nw_far_odd for sockets
 * with many peers; see ledger_stream for the context.
 * A far slot whose peer was silent for NW_IDLE_PASSES looks is given back after its last report, so
 * that a server with ever new clients does not run out; its next datagram gets a new slot number
 * and its totals start at 0 again.
 * Cannot see: datagrams after this and before the socket's end (sock_release has the last word).
 * Cost: ~0.3 us for each peer that changed.
 */
#include "nw_dgram.bpf.h"

#define NW_IDLE_PASSES 50 /* 10 s at 200 ms */

static __always_inline __u32 drops_of(const struct sock *sk)
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

static __always_inline void report(const struct nw_sock_id *id, struct nw_peer *p, __u32 drops,
				   __u64 now)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));

	if (!e) {
		return; /* counted; the totals come with the next bin */
	}
	if (nw_is_stale(&id->closed, 1)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return;
	}
	nw_dgram_fill(e, id, p, NW_HOOK_LEDGER_DGRAM, NW_SOCK_BIN, now, drops);
	/* what was told, not what the counters say by now */
	p->seen_packets = e->tx_packets + e->rx_packets;
	p->seen_tx = e->tx_bytes;
	p->seen_rx = e->rx_bytes;
	p->seen_ns = now;
	nw_submit(e);
}

SEC("iter/bpf_sk_storage_map")
int nw_ledger_dgram(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_dgram *v = ctx->value;
	struct sock *sk = ctx->sk;
	__u64 now = 0;
	__u32 drops;

	if (!v || !sk) {
		return 0;
	}
	drops = drops_of(sk);
#pragma unroll
	for (int i = 0; i < NW_PEERS_NEAR + 1; i++) {
		struct nw_peer *p = i < NW_PEERS_NEAR ? &v->near[i] : &v->other;

		if (!nw_peer_changed(p)) {
			continue;
		}
		if (!now) {
			now = bpf_ktime_get_boot_ns();
			if (!v->id.netns) {
				v->id.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
			}
			v->id.sender_tries = NW_ROLE_TRIES;
			v->id.reader_tries = NW_ROLE_TRIES;
		}
		report(&v->id, p, drops, now);
	}
	return 0;
}

SEC("iter/bpf_sk_storage_map")
int nw_ledger_dgram_far(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_far *v = ctx->value;
	struct sock *sk = ctx->sk;
	__u64 now;
	__u32 drops;

	if (!v || !sk) {
		return 0;
	}
	drops = drops_of(sk);
	now = bpf_ktime_get_boot_ns();
	for (int i = 0; i < NW_PEERS_FAR; i++) {
		struct nw_peer *p = &v->peer[i];

		if (!p->claim) {
			continue;
		}
		/* not nw_peer_changed(): a datagram may have found the slot just before it closed */
		if (p->tx_packets + p->rx_packets != p->seen_packets) {
			p->idle = p->ready ? 0 : NW_IDLE_PASSES;
			report(&v->id, p, drops, now);
			continue;
		}
		if (p->idle < NW_IDLE_PASSES) {
			p->idle++;
			continue;
		}
		if (p->ready) { /* closed to new datagrams for one look, then free */
			p->ready = 0;
			continue;
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
	return 0;
}
