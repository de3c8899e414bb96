/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Heads: the first bytes of a conversation, by position in the stream and not by order of packets.
 *
 * Positions come from the socket (docs/ARCHITECTURE.md has the derivation): the first byte sent has
 * sequence number snd_una - bytes_acked, plus 1 on the connecting side, whose SYN counts as an
 * acknowledged byte; the first byte received has rcv_nxt - bytes_received.
 *
 * A ring record has a constant size, so three sizes of payload room serve; a length is masked into
 * its room because 5.10's verifier forgets bounds that a comparison gave it.
 */
#pragma once

#include "nw_sock.bpf.h"

#define NW_PORT_DNS  53
#define NW_PORT_MDNS 5353

#define NW_TCP_SYN_SENT 2
#define NW_TCP_SYN_RECV 3
#define NW_TCP_LISTEN	10

struct nw_head_req {
	__u64 cookie;
	struct nw_proc_id owner;
	const void *laddr; /* 16 bytes each, or NULL: not known here */
	const void *raddr;
	__u32 slot;
	__u32 offset;	/* in the stream */
	__u32 wire_len; /* of the datagram */
	__u32 at;	/* in the packet */
	__u32 len;
	__u32 flags;
	__u32 netns;
	__u32 uid;
	__be16 lport_be;
	__be16 rport_be;
	__u16 proto;
	__u8 tx;
};

static __always_inline void nw_head_fill(struct nw_ev_head *e, const struct nw_head_req *r,
					 __u32 len, enum nw_hook hook)
{
	nw_head_of(&e->ev, hook, NW_SHAPE_HEAD, r->tx ? NW_HEAD_TX : NW_HEAD_RX, sizeof(*e) + len,
		   bpf_ktime_get_boot_ns());
	e->cookie = r->cookie;
	e->owner = r->owner;
	if (r->laddr && r->raddr) {
		nw_addr_copy(e->laddr, r->laddr);
		nw_addr_copy(e->raddr, r->raddr);
	} else {
		__builtin_memset(e->laddr, 0, 32);
	}
	e->slot = r->slot;
	e->offset = r->offset;
	e->wire_len = r->wire_len;
	e->flags = r->flags;
	e->netns = r->netns;
	e->lport_be = r->lport_be;
	e->rport_be = r->rport_be;
	e->proto = r->proto;
	e->len = len;
	e->uid = r->uid;
}

/* room: a power of two; r->len: 1 .. room. Returns the bytes kept, 0 on loss. */
#define NW_HEAD_EMIT(skb, r, hook, room)                                                         \
	({                                                                                       \
		__u32 __n = (r)->len;                                                            \
		__u32 __kept = 0;                                                                \
		struct nw_ev_head *__e = nw_reserve(sizeof(*__e) + (room));                      \
		if (__e) {                                                                       \
			asm volatile("%0 += -1\n%0 &= %1\n%0 += 1" : "+r"(__n) : "i"((room)-1)); \
			if (bpf_skb_load_bytes((skb), (r)->at, __e->data, __n) == 0) {           \
				nw_head_fill(__e, (r), __n, (hook));                             \
				nw_submit(__e);                                                  \
				__kept = __n;                                                    \
			} else {                                                                 \
				bpf_ringbuf_discard(__e, BPF_RB_NO_WAKEUP);                      \
				nw_count(NW_LOSS_HEAD);                                          \
			}                                                                        \
		}                                                                                \
		__kept;                                                                          \
	})

#define NW_HEAD_ROOM_MAX 2048

/* Send r->len (1 .. NW_HEAD_ROOM_MAX) bytes of the packet at r->at. Returns how many were sent. */
static __noinline __u32 nw_head_emit(struct __sk_buff *skb, const struct nw_head_req *r,
				     enum nw_hook hook)
{
	if (r->len <= 128) {
		return NW_HEAD_EMIT(skb, r, hook, 128);
	}
	if (r->len <= 512) {
		return NW_HEAD_EMIT(skb, r, hook, 512);
	}
	return NW_HEAD_EMIT(skb, r, hook, NW_HEAD_ROOM_MAX);
}
