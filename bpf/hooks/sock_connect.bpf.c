/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sock_connect: this end began the connection.
 *
 * Kernel: BPF_CGROUP_RUN_PROG_INET{4,6}_CONNECT_LOCK in tcp_v{4,6}_pre_connect(), called by
 * __inet_stream_connect(), net/ipv4/af_inet.c, for a socket in TCP_CLOSE only, also for TCP Fast
 * Open's sendto. Context: the connecting process (io_uring's too), socket locked.
 * Cannot see: MPTCP's later subflows; whether the connection comes about (tcp_state does).
 * Cost: a storage look-up and who runs, ~0.1 us a connect; an event where that is not the owner.
 */
#include "nw_sock.bpf.h"

/* tcp_connect() sends no SYN then: as CRIU brings a connection from another host, or its past. */
static __always_inline bool is_repair(struct bpf_sock *sk)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	return tp && BPF_CORE_READ_BITFIELD(tp, repair);
}

static __always_inline int on_connect(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct nw_proc_id id;
	struct nw_stream *v;

	if (!sk || ctx->protocol != IPPROTO_TCP) {
		return 1;
	}
	v = bpf_sk_storage_get(&nw_streams, sk, 0, 0);
	if (!v) {
		return 1;
	}
	if (v->ready) { /* a second life, where tcp_state could not end the first in here (5.10) */
		v->ready = 0;
		v->tx_quiet = 0;
		v->rx_quiet = 0;
		v->birth_ns = 0;
	}
	v->flags = (v->flags & NW_SOCK_NO_OWNER) | NW_SOCK_CONNECTED;
	if (is_repair(sk)) {
		v->flags |= NW_SOCK_NO_SYN;
	}
	if (!nw_current(&id)) {
		return 1;
	}
	if (!v->owner.tgid) {
		v->owner = id;
		v->uid = nw_current_uid();
		v->flags &= ~NW_SOCK_NO_OWNER;
	} else if (!nw_is_same(&v->owner, &id)) {
		if (!v->cookie) {
			v->cookie = bpf_get_socket_cookie(ctx);
		}
		nw_stream_tell_role(v, &id, NW_ROLE_CONNECTED, NW_HOOK_SOCK_CONNECT);
	}
	return 1;
}

SEC("cgroup/connect4")
int nw_sock_connect(struct bpf_sock_addr *ctx)
{
	return on_connect(ctx);
}

SEC("cgroup/connect6")
int nw_sock_connect6(struct bpf_sock_addr *ctx)
{
	return on_connect(ctx);
}
