/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_dgram: what datagram, ICMP and raw sockets moved since the last look, for each peer.
 *
 * Kernel: iter/bpf_sk_storage_map over nw_dgrams, and over nw_far_even and nw_far_odd for sockets
 * with many peers; see ledger_stream for the context, and for the second way in, its __alt, which comes
 * by these sockets too: a walk over all files costs more than what is done with one.
 * Cannot see: datagrams after this and before the socket's end (sock_release has the last word).
 * There: peers beyond the first four of a socket that no file table holds, until its end.
 * Cost: ~0.3 us for each peer that changed.
 */
#include "nw_ledger.bpf.h"

SEC("iter/bpf_sk_storage_map")
int nw_ledger_dgram(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_dgram *v = ctx->value;
	struct sock *sk = ctx->sk;

	if (v && sk) {
		nw_dgram_look_at(v, sk);
	}
	return 0;
}

SEC("iter/bpf_sk_storage_map")
int nw_ledger_dgram_far(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_far *v = ctx->value;
	struct sock *sk = ctx->sk;

	if (v && sk) {
		nw_far_look(v, nw_drops_of(sk), NW_HOOK_LEDGER_DGRAM);
	}
	return 0;
}
