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

static __noinline int last_far(struct nw_far *far, __u64 now)
{
	if (!far) {
		return 0;
	}
	far->id.closed = 1;
	for (__u32 i = 0; i < NW_PEERS_FAR; i++) {
		last_peer(&far->id, &far->peer[i], now);
	}
	return 0;
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
	if (!v || !(v->slots_used || v->other.ready || (v->id.flags & NW_SOCK_LISTENER))) {
		return 1; /* it never carried anything and nobody heard of it */
	}
	v->id.closed = 1;
	now = bpf_ktime_get_boot_ns();
	for (__u32 i = 0; i < NW_PEERS_NEAR; i++) {
		last_peer(&v->id, &v->near[i], now);
	}
	if (v->has_far) {
		last_far(bpf_sk_storage_get(&nw_far_even, ctx, 0, 0), now);
		last_far(bpf_sk_storage_get(&nw_far_odd, ctx, 0, 0), now);
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
