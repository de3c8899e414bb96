/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_dgram: what datagram, ICMP and raw sockets moved since the last look, for each peer.
 *
 * Kernel: iter/bpf_sk_storage_map over nw_dgrams, and over nw_far_even and nw_far_odd for sockets
 * with many peers; see ledger_stream for the context, and for __alt, which walks open files.
 * Cannot see: datagrams after this and before the socket's end (sock_release has the last word).
 * __alt: peers beyond the first four of a socket that no file table holds, until its end.
 * Cost: ~0.3 us for each peer that changed.
 */
#include "nw_ledger.bpf.h"

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

static __always_inline void look(struct nw_dgram *v, struct sock *sk)
{
	if (!v->id.netns) {
		v->id.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	}
	nw_dgram_look(v, drops_of(sk), NW_HOOK_LEDGER_DGRAM);
}

SEC("iter/bpf_sk_storage_map")
int nw_ledger_dgram(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_dgram *v = ctx->value;
	struct sock *sk = ctx->sk;

	if (v && sk) {
		look(v, sk);
	}
	return 0;
}

SEC("iter/bpf_sk_storage_map")
int nw_ledger_dgram_far(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_far *v = ctx->value;
	struct sock *sk = ctx->sk;

	if (v && sk) {
		nw_far_look(v, drops_of(sk), NW_HOOK_LEDGER_DGRAM);
	}
	return 0;
}

SEC("iter/task_file")
int nw_ledger_dgram__alt(struct bpf_iter__task_file *ctx)
{
	struct nw_dgram *v;
	struct nw_far *far;
	struct sock *sk;

	if (ctx->meta->seq_num == 0) {
		nw_dgram_looks++;
	}
	sk = nw_file_sock(ctx->file);
	if (!sk || sk->sk_type == NW_SOCK_STREAM) {
		return 0;
	}
	v = bpf_sk_storage_get(&nw_dgrams, sk, 0, 0);
	if (!v || v->id.looked == nw_dgram_looks) {
		return 0;
	}
	v->id.looked = nw_dgram_looks;
	look(v, sk);
	if (!v->has_far) {
		return 0;
	}
	far = bpf_sk_storage_get(&nw_far_even, sk, 0, 0);
	if (far) {
		nw_far_look(far, drops_of(sk), NW_HOOK_LEDGER_DGRAM);
	}
	far = bpf_sk_storage_get(&nw_far_odd, sk, 0, 0);
	if (far) {
		nw_far_look(far, drops_of(sk), NW_HOOK_LEDGER_DGRAM);
	}
	return 0;
}
