/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sock_create: who made a TCP, MPTCP or raw socket.
 *
 * Kernel: BPF_CGROUP_RUN_PROG_INET_SOCK in inet_create() and inet6_create(), net/ipv4/af_inet.c, for
 * every socket that is not the kernel's own (kern = 0). Context: the creating process, may sleep
 * around us, the socket is not hashed yet.
 * Cannot see: packet, vsock, unix, netlink and xdp sockets; sockets that the kernel makes for a
 * process (MPTCP's subflows, which lead to the one that was made here); sockets made by accept (they
 * inherit their listener's storage).
 * Other datagram sockets get their state with their first packet or their bind, in the same
 * process's context: most of them (getaddrinfo's route probes, say) never send any.
 * Cost: one storage allocation, ~0.5 us a TCP or raw socket, ~10 ns another.
 */
#include "nw_mptcp.bpf.h"

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
	struct nw_stream *v = nw_sk_storage(&nw_streams, ctx);

	if (!v) {
		return;
	}
	nw_creator(&v->owner, &v->uid);
	if (nw_cfg_open_events && nw_is_tcp(ctx)) {
		v->birth_ns = bpf_ktime_get_boot_ns();
		/* asked for here, so that a tracepoint that can't ask finds it */
		v->cookie = bpf_get_socket_cookie(ctx);
		announce(v);
	}
}

SEC("cgroup/sock_create")
int nw_sock_create(struct bpf_sock *ctx)
{
	if (nw_is_tcp(ctx) || nw_is_mptcp(ctx)) {
		create_stream(ctx);
	} else if (ctx->type == NW_SOCK_RAW) { /* it hears without binding or sending */
		(void)nw_dgram_create(ctx);
	}
	return 1;
}
