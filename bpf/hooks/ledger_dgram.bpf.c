/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_dgram: what datagram, ICMP and raw sockets moved since the last look, for each peer.
 *
 * Kernel: iter/bpf_sk_storage_map over nw_dgrams, and over nw_far_even and nw_far_odd for sockets
 * with many peers; see ledger_stream for the context, and for the second way in, its __alt, which comes
 * by these sockets too: a walk over all files costs more than what is done with one.
 * Cannot see: datagrams after this and before the socket's end (sock_release has the last word).
 * Cost: ~0.3 us for each peer that changed.
 */
#include "nw_ledger.bpf.h"

/* The socket's own peers, and the sum of those that found no slot. */
static __always_inline void look(struct nw_dgram *v, __u32 drops)
{
	__u64 now = 0;

#pragma unroll
	for (int i = 0; i < NW_PEERS_NEAR + 1; i++) {
		struct nw_peer *p = i < NW_PEERS_NEAR ? &v->near[i] : &v->other;

		if (!nw_peer_changed(p)) {
			continue;
		}
		if (!now) {
			now = bpf_ktime_get_boot_ns();
			v->near[0].sender_tries = NW_ROLE_TRIES;
			v->id.reader_tries = NW_ROLE_TRIES;
		}
		nw_peer_report(&v->id, p, drops, now, NW_HOOK_LEDGER_DGRAM);
	}
}

SEC("iter/bpf_sk_storage_map")
int nw_ledger_dgram(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_dgram *v = ctx->value;
	struct sock *sk = ctx->sk;

	if (v && sk) {
		if (!v->id.netns) {
			v->id.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
		}
		look(v, nw_drops_of(sk));
	}
	return 0;
}

/* A function, so that all ways through it are one for the verifier at the next of 60 rounds, and the
 * rounds are unrolled: of one place that is reached in many states it forgets those that did not match. */
static __noinline int look_far(struct nw_far *v, __u32 i, __u32 drops, __u64 now)
{
	if (v && i < NW_PEERS_FAR) {
		nw_far_look_at(v, &v->peer[i], drops, now, NW_HOOK_LEDGER_DGRAM);
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
	now = bpf_ktime_get_boot_ns();
	drops = nw_drops_of(sk);
#pragma unroll
	for (__u32 i = 0; i < NW_PEERS_FAR; i++) {
		look_far(v, i, drops, now);
	}
	return 0;
}
