/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP packets that are not quiet yet: a new socket, its head, its sender. */
#pragma once

#include "nw_head.bpf.h"
#include "nw_ledger.bpf.h"
#include "nw_mptcp.bpf.h"

static __always_inline void nw_stream_announce(const struct nw_stream *v, enum nw_hook hook)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));

	if (!e) {
		return;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, hook, NW_SHAPE_SOCK, NW_SOCK_OPEN, sizeof(*e), v->birth_ns);
	e->cookie = v->cookie;
	e->owner = v->owner;
	e->sender = v->sender;
	e->uid = v->uid;
	e->birth_ns = v->birth_ns;
	e->flags = v->flags;
	e->ifindex = v->ifindex;
	e->proto = IPPROTO_TCP;
	nw_submit(e);
}

/* The first packet of a socket's life under its own name. */
static __always_inline void nw_stream_adopt(struct __sk_buff *skb, struct bpf_sock *sk,
					    struct nw_stream *v, enum nw_hook hook)
{
	if (v->flags & NW_SOCK_LISTENER) { /* a clone: what it has, it has from its listener */
		v->flags = NW_SOCK_ACCEPTED | (v->flags & NW_SOCK_NO_OWNER);
		v->cookie = 0;
		v->birth_ns = 0;
		v->ifindex = 0;
	}
	if (!v->birth_ns) {
		v->birth_ns = bpf_ktime_get_boot_ns();
	}
	if (!v->cookie) {
		v->cookie = bpf_get_socket_cookie(skb);
	}
	v->seen_ns = 0;
	v->seen_tx = 0;
	v->seen_rx = 0;
	if (!v->owner.tgid) {
		nw_mptcp_adopt(sk, v);
	}
	if (!v->owner.tgid) {
		v->flags |= NW_SOCK_NO_OWNER;
		nw_count(NW_LOSS_OWNER);
	}
	v->tx_next = 0;
	v->rx_next = 0;
	v->tx_end = NW_HEAD_STREAM_MAX;
	v->rx_end = NW_HEAD_STREAM_MAX;
	v->tx_head_done = !nw_cfg_heads;
	v->rx_quiet = !nw_cfg_heads;
	v->tx_quiet = 0;
	v->sender_tries = NW_ROLE_TRIES;
	v->reader_tries = NW_ROLE_TRIES;
	v->owner_read = 0;
	v->steady = 0;
	v->reader_tgid = 0;
	v->sender.tgid = 0;
	v->receiver.tgid = 0;
	v->looked = nw_looks;
	v->ready = 1;
	if (nw_cfg_open_events) {
		nw_stream_announce(v, hook);
	}
}

/* Who sends: the current task iff it holds the socket's lock; else an acknowledgement, a timer or
 * another process's receive clocks data out, and current is anybody. */
static __always_inline void nw_stream_sender(struct bpf_sock *sk, struct nw_stream *v,
					     enum nw_hook hook)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct nw_proc_id id;

	if (v->sender_tries == 0) {
		v->tx_quiet = v->tx_head_done;
		return;
	}
	v->sender_tries--;
	v->tx_quiet = v->tx_head_done && !v->sender_tries;
	if (!tp || !tp->inet_conn.icsk_inet.sk.sk_lock.owned || !nw_current(&id)) {
		return;
	}
	if (nw_is_same(&v->sender, &id)) {
		v->steady += v->steady < NW_ROLE_STEADY;
		return;
	}
	v->steady = 0;
	if (v->sender.tgid && !nw_cfg_open_events) { /* the ledger may not have told it yet */
		nw_stream_tell_role(v, &v->sender, NW_ROLE_SENT, hook);
	}
	v->sender = id;
	if (!v->owner.tgid) {
		v->owner = id;
		v->uid = nw_sender_uid();
		v->flags &= ~NW_SOCK_NO_OWNER;
	}
	if (nw_cfg_open_events) { /* the last word can't carry the sender either */
		nw_stream_announce(v, hook);
	}
}

/* Where this packet's payload lies in its stream; false without payload or before the handshake. */
static __always_inline bool nw_stream_place(struct __sk_buff *skb, struct bpf_sock *sk,
					    const struct nw_packet *pkt, bool tx, bool connected,
					    __u32 *ret_offset, __u32 *ret_at, __u32 *ret_len,
					    __u32 *ret_behind)
{
	struct bpf_tcp_sock *tp = bpf_tcp_sock(sk);
	struct tcphdr th;
	__u32 first;
	__u32 hlen;

	if (!tp || bpf_skb_load_bytes(skb, pkt->l4, &th, sizeof(th)) || th.syn) {
		return false;
	}
	hlen = pkt->l4 + th.doff * 4;
	if (skb->len <= hlen) {
		return false;
	}
	if (tx) {
		first = tp->snd_una - (__u32)tp->bytes_acked + (connected ? 1 : 0);
		*ret_behind = 0;
	} else {
		first = tp->rcv_nxt - (__u32)tp->bytes_received;
		*ret_behind = tp->bytes_received;
	}
	*ret_offset = bpf_ntohl(th.seq) - first;
	*ret_at = hlen;
	*ret_len = skb->len - hlen;
	return true;
}

/* After the first piece: a TLS handshake or a DNS message is wanted to its end, text further than
 * what is neither. */
static __always_inline __u32 nw_stream_head_end(struct __sk_buff *skb, __u32 at, bool dns)
{
	__u8 b[NW_HEAD_HELLO] = {};

	if (dns) {
		return NW_HEAD_TLS_MAX;
	}
	if (bpf_skb_load_bytes(skb, at, b, sizeof(b)) && bpf_skb_load_bytes(skb, at, b, 5)) {
		return !bpf_skb_load_bytes(skb, at, b, 2) && b[0] == 0x16 && b[1] == 3
			       ? NW_HEAD_TLS_MAX /* how long it is stands in the next packet */
			       : NW_HEAD_STREAM_MAX;
	}
	if (b[0] != 0x16 || b[1] != 3) {
		return nw_head_is_text(b) ? NW_HEAD_TEXT_MAX : NW_HEAD_STREAM_MAX;
	}
	return nw_head_flight(0, b);
}

#define NW_HEAD_RECORDS 8 /* looked at in one packet; a flight of TLS 1.2 has five */

/* The records of a flight that begin in this packet, whose len bytes from at on are those from next
 * on in the stream. A header that goes over two packets is followed to the limit instead. */
static __always_inline __u32 nw_stream_flight(struct __sk_buff *skb, __u32 at, __u32 len,
					      __u32 next, __u32 end)
{
	__u8 b[NW_HEAD_RECORD];

#pragma unroll
	for (int i = 0; i < NW_HEAD_RECORDS; i++) {
		__u32 from = (end & ~NW_HEAD_FLIGHT) - next;

		if (!(end & NW_HEAD_FLIGHT) || from >= len) {
			return end;
		}
		if (bpf_skb_load_bytes(skb, at + from, b, sizeof(b))) {
			return NW_HEAD_TLS_MAX;
		}
		end = nw_head_flight(end & ~NW_HEAD_FLIGHT, b);
	}
	return end & ~NW_HEAD_FLIGHT;
}

static __always_inline void nw_stream_head_stop(struct nw_stream *v, bool tx)
{
	if (tx) {
		v->tx_head_done = 1;
	} else {
		v->rx_quiet = 1;
	}
}

#define NW_HEAD_PIECES 3 /* of at most NW_HEAD_ROOM_MAX bytes from one packet */

static __always_inline void nw_stream_head(struct __sk_buff *skb, struct bpf_sock *sk,
					   struct nw_stream *v, const struct nw_packet *pkt,
					   bool tx, enum nw_hook hook)
{
	__u32 next = tx ? v->tx_next : v->rx_next;
	__u32 end = tx ? v->tx_end : v->rx_end;
	__u32 offset, at, len, behind, skip;
	__u32 how = NW_HOW_STREAM | NW_HOW_HOOK(hook) | (tx ? NW_HOW_TX : 0);
	bool is_open;

	if (!nw_stream_place(skb, sk, pkt, tx, v->flags & NW_SOCK_CONNECTED, &offset, &at, &len,
			     &behind)) {
		return;
	}
	if (behind > next) { /* accepted in order without us seeing it: it will not come again */
		nw_count(NW_LOSS_HEAD);
		nw_stream_head_stop(v, tx);
		return;
	}
	skip = next - offset;
	if (skip >= len) { /* a retransmit of what we have, or (wrapped) a gap before it */
		return;
	}
	at += skip;
	len -= skip;
	if (next == 0) {
		end = nw_stream_head_end(skb, at,
					 sk->dst_port == bpf_htons(NW_PORT_DNS) ||
						 sk->src_port == NW_PORT_DNS);
	}
	end = nw_stream_flight(skb, at, len, next, end);
	if (tx) {
		v->tx_end = end;
	} else {
		v->rx_end = end;
	}
	is_open = end & NW_HEAD_FLIGHT;
	end &= ~NW_HEAD_FLIGHT;
	if (next >= end) { /* what begins here is no part of it */
		nw_stream_head_stop(v, tx);
		return;
	}
	for (int i = 0; i < NW_HEAD_PIECES; i++) {
		__u32 n = end - next;

		if (n > len) {
			n = len;
		}
		if (n > NW_HEAD_ROOM_MAX) {
			n = NW_HEAD_ROOM_MAX;
		}
		if (!nw_head_send(skb, at, n, next,
				  how | (next + n >= end && !is_open ? NW_HEAD_END : 0))) {
			nw_stream_head_stop(v, tx);
			return;
		}
		next += n;
		at += n;
		len -= n;
		if (next >= end || len == 0) {
			break;
		}
	}
	if (tx) {
		v->tx_next = next;
	} else {
		v->rx_next = next;
	}
	if (next >= end && !is_open) {
		nw_stream_head_stop(v, tx);
	}
}

/* The ledger has not come by for a while: see nw_ledger.bpf.h. */
static __always_inline bool nw_stream_is_missed(const struct nw_stream *v)
{
	return nw_cfg_by_files && nw_looks - v->looked > NW_LOOKS_MISSED;
}

static __always_inline void nw_stream_tell_itself(struct bpf_sock *sk, struct nw_stream *v,
						  enum nw_hook hook)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	if (tp && v->ready) {
		v->looked = nw_looks;
		nw_stream_look(tp, v, hook);
	}
}

/* 1: dealt with; 0: it is no stream socket's packet. Each hook has it as a global function, which the
 * verifier looks at once, whatever is known of the packet by then. */
static __always_inline int nw_stream_slow(struct __sk_buff *skb, bool tx, enum nw_hook hook)
{
	struct bpf_sock *sk = skb->sk;
	struct nw_packet pkt;
	struct nw_stream *v;

	if (!sk) {
		return 1;
	}
	sk = bpf_sk_fullsock(sk);
	if (!sk) {
		return 1;
	}
	if (!nw_is_tcp(sk)) {
		return 0; /* a raw socket that speaks TCP by itself */
	}
	v = nw_sk_storage(&nw_streams, sk);
	if (!v) {
		return 1;
	}
	if (nw_stream_is_missed(v)) {
		nw_stream_tell_itself(sk, v, hook);
	}
	if (tx ? v->tx_quiet : v->rx_quiet) {
		return 1;
	}
	if (sk->state == NW_TCP_LISTEN) {
		v->flags |= NW_SOCK_LISTENER;
		return 1;
	}
	if (!v->ready) {
		nw_stream_adopt(skb, sk, v, hook);
	}
	if (tx && sk->state == NW_TCP_SYN_SENT) {
		v->flags |= NW_SOCK_CONNECTED;
	}
	if (tx && !v->ifindex) {
		v->ifindex = skb->ifindex;
	}
	if (!(tx ? v->tx_head_done : v->rx_quiet) && nw_parse(skb, &pkt)) {
		nw_stream_head(skb, sk, v, &pkt, tx, hook);
	}
	if (tx && !v->tx_quiet && sk->state != NW_TCP_SYN_SENT && nw_tcp_has_payload(skb)) {
		nw_stream_sender(sk, v, hook);
	}
	return 1;
}

/*
 * A stream's bare acknowledgement carries neither head nor sender, and of a socket's first packets
 * another one (SYN, FIN, payload) gives it its name: half of all TCP packets need no look-up.
 */
static __always_inline bool nw_stream_is_owner(struct bpf_sock *sk)
{
	sk = bpf_sk_fullsock(sk);
	return !sk || sk->type == NW_SOCK_STREAM;
}

/* True when the packet was TCP of a stream socket and has been dealt with. */
static __always_inline bool nw_stream_packet(struct __sk_buff *skb, bool tx,
					     int (*slow)(struct __sk_buff *skb))
{
	enum nw_kind kind = nw_packet_kind(skb);
	struct bpf_sock *sk = skb->sk;
	struct nw_stream *v;

	if (kind == NW_KIND_OTHER) {
		return false;
	}
	if (!sk) {
		return true;
	}
	if (kind == NW_KIND_TCP_ACK) {
		return nw_stream_is_owner(sk);
	}
	v = bpf_sk_storage_get(&nw_streams, sk, 0, 0);
	if (v && (tx ? v->tx_quiet : v->rx_quiet) && !nw_stream_is_missed(v)) {
		return true;
	}
	return slow(skb);
}
