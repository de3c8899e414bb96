/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sock_bind: a datagram socket took a port that others can send to.
 *
 * Kernel: BPF_CGROUP_RUN_PROG_INET{4,6}_POST_BIND in __inet_bind() and __inet6_bind(),
 * net/ipv4/af_inet.c, after the port was had. Context: the binding process, socket locked.
 * Cannot see: ports given by autobind (a client's first send); TCP's bind says nothing until it
 * listens, which is tcp_state's.
 * Cost: one event, ~0.3 us a bind of a datagram socket; TCP ~10 ns.
 */
#include "nw_sock.bpf.h"

static __always_inline int on_bind(struct bpf_sock *ctx, const bool is_v6)
{
	struct nw_dgram *v;
	struct nw_ev_sock *e;

	if (ctx->type != NW_SOCK_DGRAM) {
		return 1;
	}
	v = nw_dgram_create(ctx);
	if (!v) {
		return 1;
	}
	v->id.lport_be = bpf_htons(ctx->src_port);
	v->id.flags |= NW_SOCK_LISTENER;
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return 1;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_SOCK_BIND, NW_SHAPE_SOCK, NW_SOCK_LISTEN, sizeof(*e),
		   bpf_ktime_get_boot_ns());
	nw_sock_put_id(e, &v->id);
	e->slot = NW_SLOT_ALL;
	e->birth_ns = v->id.birth_ns;
	if (is_v6) { /* each attach point may read its own family's address only */
		__u32 *w = (__u32 *)e->laddr;

		w[0] = ctx->src_ip6[0];
		w[1] = ctx->src_ip6[1];
		w[2] = ctx->src_ip6[2];
		w[3] = ctx->src_ip6[3];
	} else {
		nw_addr_set4(e->laddr, ctx->src_ip4);
	}
	nw_submit(e);
	return 1;
}

SEC("cgroup/post_bind4")
int nw_sock_bind(struct bpf_sock *ctx)
{
	return on_bind(ctx, false);
}

SEC("cgroup/post_bind6")
int nw_sock_bind6(struct bpf_sock *ctx)
{
	return on_bind(ctx, true);
}
