/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sock_release: the end of a datagram, ICMP or raw socket, and the last word on what it moved.
 *
 * Kernel: BPF_CGROUP_RUN_PROG_INET_SOCK_RELEASE in inet_release(), net/ipv4/af_inet.c. Context: the
 * process that closes the last reference, before the protocol's close; any process may be that one.
 * Cannot see: TCP's counters (bpf_skc_to_tcp_sock does not load here; TCP's end is tcp_state's);
 * datagrams that arrive between this and the unhashing; what was dropped since the ledger's last
 * look (struct bpf_sock has no sk_drops).
 * Cost: TCP ~10 ns; else ~0.3 us for each peer that the ledger has not reported yet.
 */
#include "nw_dgram.bpf.h"

static __always_inline void last_peer(const struct nw_sock_id *id, const struct nw_peer *p,
				      __u64 now)
{
	struct nw_ev_sock *e;

	if (!nw_peer_changed(p)) {
		return;
	}
	e = nw_reserve(sizeof(*e));
	if (e) {
		nw_dgram_fill(e, id, p, NW_HOOK_SOCK_RELEASE, NW_SOCK_BIN, now, 0);
		nw_submit(e);
	}
}

#define NW_ODD 64 /* a bit beside the number of a far peer */

static __always_inline struct nw_far *far_of(struct bpf_sock *ctx, __u32 odd)
{
	return odd ? bpf_sk_storage_get(&nw_far_odd, ctx, 0, 0)
		   : bpf_sk_storage_get(&nw_far_even, ctx, 0, 0);
}

/* Global, so that the verifier looks at it once and not at each of 120 peers; that such a function
 * is given no other pointer than ctx before 5.12 costs a look-up, ~15 ns a peer. */
__noinline int nw_sock_release_far(struct bpf_sock *ctx, __u32 which, __u64 now)
{
	struct nw_far *far = far_of(ctx, which & NW_ODD);
	__u32 at = which & (NW_ODD - 1);

	barrier_var(at);
	if (far && at < NW_PEERS_FAR) {
		last_peer(&far->id, &far->peer[at], now);
	}
	return 0;
}

static __always_inline void last_far(struct bpf_sock *ctx, __u32 odd, __u64 now)
{
	struct nw_far *far = far_of(ctx, odd);

	if (!far) {
		return;
	}
	far->id.closed = 1;
	for (__u32 i = 0; i < NW_PEERS_FAR; i++) {
		nw_sock_release_far(ctx, odd | i, now);
	}
}

SEC("cgroup/sock_release")
int nw_sock_release(struct bpf_sock *ctx)
{
	struct nw_dgram *v;
	struct nw_ev_sock *e;
	__u64 now;

	if (nw_is_tcp(ctx)) {
		return 1;
	}
	v = bpf_sk_storage_get(&nw_dgrams, ctx, 0, 0);
	if (!v || !(v->is_used || v->other.ready || (v->id.flags & NW_SOCK_LISTENER))) {
		return 1; /* it never carried anything and nobody heard of it */
	}
	v->id.closed = 1;
	now = bpf_ktime_get_boot_ns();
	for (__u32 i = 0; i < NW_PEERS_NEAR; i++) {
		last_peer(&v->id, &v->near[i], now);
	}
	if (v->has_far) {
		last_far(ctx, 0, now);
		last_far(ctx, NW_ODD, now);
	}
	last_peer(&v->id, &v->other, now);
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return 1;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_SOCK_RELEASE, NW_SHAPE_SOCK, NW_SOCK_CLOSE, sizeof(*e), now);
	nw_sock_put_id(e, &v->id);
	e->slot = NW_SLOT_ALL;
	nw_submit(e);
	return 1;
}
