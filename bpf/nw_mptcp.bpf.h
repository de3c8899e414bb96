/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose an MPTCP connection is. What the wire sees are sockets of the kernel's own ("subflows"), made
 * by connect(), by a path manager in a kernel thread or by the far end: no cgroup hook names anybody.
 * The program has another socket, which sock_create saw or the start found; it leads there.
 *
 * Kernel: bpf_skc_to_mptcp_sock(), net/mptcp/bpf.c, from 5.19 on. Before, the first process that is seen
 * sending is the owner, and there is none of a connection that only hears.
 */
#pragma once

#include "nw_sock.bpf.h"
#include "nw_tcp.bpf.h"

/* A kernel may have the helper and not the protocol: then the verifier would not take it. */
#define NW_HAS_MPTCP                                                                 \
	(bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_skc_to_mptcp_sock) && \
	 bpf_core_type_exists(struct mptcp_sock))

static __always_inline bool nw_is_mptcp(const struct bpf_sock *sk)
{
	return sk->type == NW_SOCK_STREAM && sk->protocol == IPPROTO_MPTCP;
}

static __always_inline struct nw_stream *nw_mptcp_of(struct bpf_sock *sk)
{
	struct mptcp_sock *msk;

	if (!NW_HAS_MPTCP) {
		return NULL;
	}
	msk = bpf_skc_to_mptcp_sock(sk);
	return msk ? bpf_sk_storage_get(&nw_streams, msk, 0, 0) : NULL;
}

/* It may have been there before the start: what it moved by now is from then. */
static __always_inline void nw_mptcp_was_there(struct bpf_sock *sk, struct nw_stream *v)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct nw_tcp_count n;

	if (!tp) {
		return;
	}
	v->flags |= NW_SOCK_PRESTART;
	nw_tcp_read(tp, sk->state, v->flags, &n);
	v->seen_tx = n.tx;
	v->seen_rx = n.rx;
	v->seen_ns = v->birth_ns;
}

/* The first packet of a connection that nobody owns. */
static __always_inline void nw_mptcp_adopt(struct bpf_sock *sk, struct nw_stream *v)
{
	struct nw_stream *m = nw_mptcp_of(sk);

	if (!m) {
		return;
	}
	v->owner = m->owner;
	v->uid = m->uid;
	v->flags &= ~NW_SOCK_NO_OWNER;
	if (m->flags & NW_SOCK_LISTENER) { /* a clone of the one that listens */
		v->flags |= NW_SOCK_ACCEPTED;
	} else if ((m->flags & NW_SOCK_PRESTART) && sk->state != NW_TCP_SYN_SENT) {
		nw_mptcp_was_there(sk, v);
	}
}
