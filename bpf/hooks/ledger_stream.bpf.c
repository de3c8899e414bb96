/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_stream: what TCP sockets moved since the last look.
 *
 * Kernel: iter/bpf_sk_storage_map, net/core/bpf_sk_storage.c: each socket that has an entry in
 * nw_streams, in every network namespace (iter/tcp sees only the opener's). Context: user space
 * read()s the pinned link's file every bin; the socket is held, not locked.
 * __alt, where iterators over maps are refused: iter/task_file, kernel/bpf/task_iter.c, all open files
 * of all tasks, and in each the socket, those of ledger_dgram too; a socket that several hold is looked at once. What no file
 * table holds tells of itself (skb_egress), a look or two later, and not what came after its last
 * packet.
 * Cannot see: bytes between this and the socket's end (tcp_state has the last word).
 * Cost: ~48 us for 200 sockets, 65 us when all of them changed. __alt: ~0.7 us a task and 0.1 us a file.
 */
#include "nw_ledger.bpf.h"

SEC("iter/bpf_sk_storage_map")
int nw_ledger_stream(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_stream *v = ctx->value;
	struct sock *sk = ctx->sk;
	struct tcp_sock *tp;

	if (!v || !sk || !v->ready) {
		return 0;
	}
	tp = bpf_skc_to_tcp_sock(sk);
	if (tp) {
		nw_stream_look(tp, v, NW_HOOK_LEDGER_STREAM);
	}
	return 0;
}

static __always_inline void look_at_stream(struct sock *sk)
{
	struct nw_stream *v = bpf_sk_storage_get(&nw_streams, sk, 0, 0);
	struct tcp_sock *tp;

	if (!v || !v->ready || v->looked == nw_looks) {
		return;
	}
	v->looked = nw_looks;
	tp = bpf_skc_to_tcp_sock(sk);
	if (tp) {
		nw_stream_look(tp, v, NW_HOOK_LEDGER_STREAM);
	}
}

/* bpf_loop() (5.17 on): the verifier looks at a body once, not at each of 60 rounds. */
struct walk {
	struct nw_dgram *v;
	struct nw_far *far;
	__u64 now;
	__u32 drops;
};

static long each_near(__u32 i, struct walk *w)
{
	struct nw_peer *p = &w->v->other;

	if (i < NW_PEERS_NEAR) {
		barrier_var(i);
		p = &w->v->near[i & (NW_PEERS_NEAR - 1)];
	}
	if (nw_peer_changed(p)) {
		w->v->near[0].sender_tries = NW_ROLE_TRIES;
		w->v->id.reader_tries = NW_ROLE_TRIES;
		nw_peer_report(&w->v->id, p, w->drops, w->now, NW_HOOK_LEDGER_DGRAM);
	}
	return 0;
}

static long each_far(__u32 i, struct walk *w)
{
	barrier_var(i);
	if (i < NW_PEERS_FAR) {
		nw_far_look_at(w->far, &w->far->peer[i], w->drops, w->now, NW_HOOK_LEDGER_DGRAM);
	}
	return 0;
}

static __always_inline void look_at_dgram(struct sock *sk)
{
	struct walk w = { .v = bpf_sk_storage_get(&nw_dgrams, sk, 0, 0) };

	if (!w.v || w.v->id.looked == nw_looks) {
		return;
	}
	w.v->id.looked = nw_looks;
	w.v->near[0].idle = nw_looks;
	if (!w.v->id.netns) {
		w.v->id.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	}
	w.now = bpf_ktime_get_boot_ns();
	w.drops = nw_drops_of(sk);
	bpf_loop(NW_PEERS_NEAR + 1, each_near, &w, 0);
	if (!w.v->has_far) {
		return;
	}
	w.far = bpf_sk_storage_get(&nw_far_even, sk, 0, 0);
	if (w.far) {
		bpf_loop(NW_PEERS_FAR, each_far, &w, 0);
	}
	w.far = bpf_sk_storage_get(&nw_far_odd, sk, 0, 0);
	if (w.far) {
		bpf_loop(NW_PEERS_FAR, each_far, &w, 0);
	}
}

SEC("iter/task_file")
int nw_ledger_stream__alt(struct bpf_iter__task_file *ctx)
{
	struct sock *sk;

	if (ctx->meta->seq_num == 0) {
		nw_looks++;
	}
	sk = nw_file_sock(ctx->file);
	if (!sk) {
		return 0;
	}
	if (sk->sk_type != NW_SOCK_STREAM) {
		look_at_dgram(sk);
	} else if (sk->sk_protocol == IPPROTO_TCP) {
		look_at_stream(sk);
	}
	return 0;
}
