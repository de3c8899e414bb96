/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_stream: what TCP sockets moved since the last look.
 *
 * Kernel: iter/bpf_sk_storage_map, net/core/bpf_sk_storage.c: each socket that has an entry in
 * nw_streams, in every network namespace (iter/tcp sees only the opener's). Context: user space
 * read()s the pinned link's file every bin; the socket is held, not locked.
 * Cannot see: bytes between this and the socket's end (tcp_state has the last word). Read without
 * the lock, an acknowledgement between two loads may count twice for one bin; totals heal it.
 * Cost: ~48 us for 200 sockets, 65 us when all of them changed.
 */
#include "nw_tcp.bpf.h"

SEC("iter/bpf_sk_storage_map")
int nw_ledger_stream(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct nw_stream *v = ctx->value;
	struct sock *sk = ctx->sk;
	struct nw_tcp_count n;
	struct nw_ev_sock *e;
	struct tcp_sock *tp;
	__u32 state;
	__u64 now;

	if (!v || !sk || !v->ready) {
		return 0;
	}
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp) {
		return 0;
	}
	state = tp->inet_conn.icsk_inet.sk.__sk_common.skc_state;
	if (state == NW_TCP_CLOSE || state == 10 /* LISTEN */) {
		return 0;
	}
	nw_tcp_read(tp, state, v->flags, &n);
	if (n.tx == v->seen_tx && n.rx == v->seen_rx && v->seen_ns) {
		return 0;
	}
	if (!v->seen_ns && !n.tx && !n.rx && !(v->flags & NW_SOCK_PRESTART)) {
		return 0; /* nothing moved yet */
	}
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return 0; /* counted; the totals come with the next bin */
	}
	if (nw_is_stale(&v->ready, 0)) {
		bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
		return 0;
	}
	now = bpf_ktime_get_boot_ns();
	nw_head_of(&e->ev, NW_HOOK_LEDGER_STREAM, NW_SHAPE_SOCK, NW_SOCK_BIN, sizeof(*e), now);
	nw_tcp_put_stream(e, v);
	nw_tcp_put_count(e, &n);
	nw_tcp_put_ends(e, (struct sock *)tp, tp->inet_conn.icsk_inet.inet_sport);
	e->slot = NW_SLOT_NONE;
	e->drops = 0;
	e->proto = IPPROTO_TCP;
	e->state = state;
	if (n.tx != v->seen_tx) {
		v->sender_tries = NW_ROLE_TRIES; /* the next packets tell who sends */
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
	return 0;
}
