/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tcp_state: a TCP socket began to listen, or had its last word.
 *
 * Kernel: trace_inet_sock_set_state() in tcp_set_state() and inet_sk_state_store(), net/ipv4/; here
 * only for newstate CLOSE and LISTEN, about 5 calls of a connection's end pass for each that counts.
 * Context: whoever closes, resets or times out the connection, often softirq: current is anybody.
 * tcp_destroy_sock is too late after a disconnect, sock_release too early; a socket may live again
 * after connect(AF_UNSPEC), so CLOSE ends the flow and not the socket.
 * First choice reads the socket's storage; 5.10 lacks that helper in tracepoints, so __alt tells
 * the cookie (asked for in sock_create and by the first packet) and user space joins.
 * Cannot see: MPTCP's own socket (its subflows are seen), SCTP, DCCP. __alt: who connected.
 * Cost: ~5 ns for the states that do not count, ~0.35 us for one that does.
 */
#include "nw_tcp.bpf.h"

static __always_inline bool is_told(const struct sock *sk, int oldstate, int newstate)
{
	if (newstate != NW_TCP_CLOSE && newstate != NW_TCP_LISTEN) {
		return false;
	}
	return sk->sk_protocol == IPPROTO_TCP && oldstate != newstate;
}

static __always_inline int tell(struct sock *sk, struct nw_stream *v, int oldstate, int newstate)
{
	struct nw_tcp_count n;
	struct nw_ev_sock *e;
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	bool is_listen = newstate != NW_TCP_CLOSE;

	if (!tp) {
		nw_count(NW_LOSS_UNMEASURED);
		return 0;
	}
	if (oldstate == 3 /* SYN_RECV */ && tp->bytes_received == 0 && tp->bytes_acked == 0) {
		return 0; /* a handshake that did not end well is no flow */
	}
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_TCP_STATE, NW_SHAPE_SOCK,
		   is_listen ? NW_SOCK_LISTEN : NW_SOCK_CLOSE, sizeof(*e), bpf_ktime_get_boot_ns());
	if (v) {
		nw_tcp_put_stream(e, v);
	}
	if (is_listen || oldstate == NW_TCP_LISTEN) {
		e->flags |= NW_SOCK_LISTENER;
	} else {
		nw_tcp_read(tp, oldstate, e->flags, &n);
		nw_tcp_put_count(e, &n);
	}
	e->proto = IPPROTO_TCP;
	e->state = oldstate;
	/* by tp, which is the same: each step from sk, a pointer that new verifiers trust, costs 1 ms */
	nw_tcp_put_ends(e, (struct sock *)tp, tp->inet_conn.icsk_inet.inet_sport);
	if (!e->cookie) {
		e->cookie = ((struct sock *)tp)->__sk_common.skc_cookie.counter;
	}
	nw_submit(e);
	return 0;
}

/* A listener that sock_create did not see: MPTCP's, which the kernel makes for the process. */
static __always_inline struct nw_stream *adopt_listener(struct sock *sk)
{
	struct nw_stream *v;

	if (!nw_is_ours()) {
		return NULL;
	}
	v = nw_sk_storage(&nw_streams, sk);
	if (!v) {
		return NULL;
	}
	if (nw_current(&v->owner)) {
		v->uid = nw_current_uid();
	} else {
		v->flags |= NW_SOCK_NO_OWNER;
	}
	return v;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(nw_tcp_state, struct sock *sk, int oldstate, int newstate)
{
	struct nw_stream *v;

	if (!is_told(sk, oldstate, newstate)) {
		return 0;
	}
	v = bpf_sk_storage_get(&nw_streams, sk, 0, 0);
	if (!v && newstate != NW_TCP_CLOSE) {
		v = adopt_listener(sk);
	}
	if (!v) {
		return 0; /* outside --cgroup, or refused storage, which was counted then */
	}
	if (newstate != NW_TCP_CLOSE) {
		v->flags |= NW_SOCK_LISTENER;
	} else if ((v->flags & NW_SOCK_LISTENER) && oldstate != NW_TCP_LISTEN) {
		/* accepted, and no packet came in its own name: it was cloned from its listener */
		v->flags = NW_SOCK_ACCEPTED | (v->flags & NW_SOCK_NO_OWNER);
		v->cookie = 0;
		v->birth_ns = 0;
		v->seen_ns = 0;
	}
	if (!v->cookie) {
		v->cookie = bpf_get_socket_cookie(sk);
	}
	if (newstate == NW_TCP_CLOSE) {
		v->ready = 0; /* before the last word: see nw_is_stale() */
	}
	tell(sk, v, oldstate, newstate);
	if (newstate == NW_TCP_CLOSE) { /* the socket may live again, as another flow */
		v->tx_quiet = 0;
		v->rx_quiet = 0;
		v->birth_ns = 0;
		v->flags &= NW_SOCK_NO_OWNER;
	}
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(nw_tcp_state__alt, struct sock *sk, int oldstate, int newstate)
{
	if (!is_told(sk, oldstate, newstate)) {
		return 0;
	}
	return tell(sk, NULL, oldstate, newstate);
}
