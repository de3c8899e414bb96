/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sock_create: who made a socket.
 *
 * Kernel: BPF_CGROUP_RUN_PROG_INET_SOCK in inet_create() and inet6_create(), net/ipv4/af_inet.c, for
 * every socket that is not the kernel's own (kern = 0). Context: the creating process, may sleep
 * around us, the socket is not hashed yet.
 * Cannot see: packet, vsock, unix, netlink and xdp sockets; sockets that the kernel makes for a
 * process (MPTCP subflows); sockets made by accept (they inherit their listener's storage).
 * Cost: one storage allocation, a clock and the cookie, ~0.4 us a socket.
 */
#include "nw_sock.bpf.h"

static __always_inline void announce(const struct nw_stream *v)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));

	if (!e) {
		return;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_SOCK_CREATE, NW_SHAPE_SOCK, NW_SOCK_OPEN, sizeof(*e),
		   v->birth_ns);
	e->cookie = v->cookie;
	e->owner = v->owner;
	e->uid = v->uid;
	e->birth_ns = v->birth_ns;
	e->proto = IPPROTO_TCP;
	nw_submit(e);
}

static __always_inline void create_stream(struct bpf_sock *ctx)
{
	struct nw_stream *v =
		bpf_sk_storage_get(&nw_streams, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!v) {
		nw_count(NW_LOSS_STORAGE);
		return;
	}
	v->birth_ns = bpf_ktime_get_boot_ns();
	/* asked for here, so that programs that cannot ask (5.10's tracepoints) find it */
	v->cookie = bpf_get_socket_cookie(ctx);
	if (!nw_current(&v->owner, &v->uid)) {
		v->flags |= NW_SOCK_NO_OWNER;
	}
	if (nw_cfg_open_events) {
		announce(v);
	}
}

static __always_inline void create_dgram(struct bpf_sock *ctx)
{
	struct nw_dgram *v =
		bpf_sk_storage_get(&nw_dgrams, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!v) {
		nw_count(NW_LOSS_STORAGE);
		return;
	}
	v->id.birth_ns = bpf_ktime_get_boot_ns();
	v->id.cookie = bpf_get_socket_cookie(ctx);
	v->id.proto = ctx->protocol;
	v->id.family = ctx->family == NW_AF_INET6 ? 6 : 4;
	v->id.netns = nw_current_netns();
	if (!nw_current(&v->id.owner, &v->id.uid)) {
		v->id.flags |= NW_SOCK_NO_OWNER;
	}
}

SEC("cgroup/sock_create")
int nw_sock_create(struct bpf_sock *ctx)
{
	if (nw_is_tcp(ctx)) {
		create_stream(ctx);
	} else if (ctx->type == NW_SOCK_DGRAM || ctx->type == NW_SOCK_RAW) {
		create_dgram(ctx);
	}
	return 1;
}
