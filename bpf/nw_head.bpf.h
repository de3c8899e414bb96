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

#include "nw_packet.bpf.h"

#define NW_PORT_DNS  53
#define NW_PORT_MDNS 5353

/* What nw_head_send() is told beside the place: NW_HEAD_* and the hook in the two lowest bytes. */
#define NW_HOW_HOOK(hook) ((hook) << 8)
#define NW_HOW_TX	  (1U << 16)
#define NW_HOW_STREAM	  (1U << 17)

struct nw_head_req {
	__u64 cookie;
	struct nw_proc_id owner;
	struct nw_packet pkt;
	__u32 at; /* in the packet */
	__u32 len;
	__u32 pos; /* in the stream, or the peer's slot */
	__u32 how;
	__u32 netns;
	__u32 uid;
	__be16 ports[2];
};

static __always_inline void nw_head_fill(struct nw_ev_head *e, const struct nw_head_req *r,
					 __u32 wire_len, __u32 len)
{
	bool tx = r->how & NW_HOW_TX;
	bool is_stream = r->how & NW_HOW_STREAM;

	nw_head_of(&e->ev, (r->how >> 8) & 0xff, NW_SHAPE_HEAD, tx ? NW_HEAD_TX : NW_HEAD_RX,
		   sizeof(*e) + len, bpf_ktime_get_boot_ns());
	e->cookie = r->cookie;
	e->owner = r->owner;
	nw_addr_copy(tx ? e->laddr : e->raddr, r->pkt.saddr);
	nw_addr_copy(tx ? e->raddr : e->laddr, r->pkt.daddr);
	e->slot = is_stream ? 0 : r->pos;
	e->offset = is_stream ? r->pos : 0;
	e->wire_len = is_stream ? 0 : wire_len;
	e->flags = r->how & 0xff;
	e->netns = r->netns;
	e->lport_be = tx ? r->ports[0] : r->ports[1];
	e->rport_be = tx ? r->ports[1] : r->ports[0];
	e->proto = is_stream ? IPPROTO_TCP : IPPROTO_UDP;
	e->len = len;
	e->uid = r->uid;
}

/* room: a power of two; r->len: 1 .. room. Returns the bytes kept, 0 on loss. */
#define NW_HEAD_EMIT(skb, r, room)                                                               \
	({                                                                                       \
		__u32 __n = (r)->len;                                                            \
		__u32 __kept = 0;                                                                \
		struct nw_ev_head *__e = nw_reserve(sizeof(*__e) + (room));                      \
		if (__e) {                                                                       \
			asm volatile("%0 += -1\n%0 &= %1\n%0 += 1" : "+r"(__n) : "i"((room)-1)); \
			if (bpf_skb_load_bytes((skb), (r)->at, __e->data, __n) == 0) {           \
				nw_head_fill(__e, (r), (skb)->len - (r)->at, __n);               \
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

/* Whose it is. */
static __always_inline bool nw_head_begin(struct __sk_buff *skb, struct nw_head_req *r)
{
	struct bpf_sock *sk = skb->sk;
	struct nw_stream *s;
	struct nw_dgram *d;

	sk = sk ? bpf_sk_fullsock(sk) : NULL;
	if (!sk || !nw_parse(skb, &r->pkt) ||
	    bpf_skb_load_bytes(skb, r->pkt.l4, r->ports, sizeof(r->ports))) {
		return false;
	}
	if (r->how & NW_HOW_STREAM) {
		s = bpf_sk_storage_get(&nw_streams, sk, 0, 0);
		if (!s) {
			return false;
		}
		r->cookie = s->cookie;
		r->owner = s->owner;
		r->uid = s->uid;
		r->netns = s->netns;
		return true;
	}
	d = bpf_sk_storage_get(&nw_dgrams, sk, 0, 0);
	if (!d) {
		return false;
	}
	r->cookie = d->id.cookie;
	r->owner = d->id.owner;
	r->uid = d->id.uid;
	r->netns = d->id.netns;
	return true;
}

/*
 * Send len (1 .. NW_HEAD_ROOM_MAX) bytes of the packet at its offset at. Returns how many were sent.
 * Global, so that the verifier looks at the three rooms once and not at each of 30 ways to come here:
 * a tenth of the start. Before 5.12 such a function is given no pointer but ctx, so it looks up again
 * what its caller knows.
 */
__weak __noinline int nw_head_send(struct __sk_buff *skb, __u32 at, __u32 len, __u32 pos, __u32 how)
{
	struct nw_head_req r = { .at = at, .len = len, .pos = pos, .how = how };

	if (!nw_head_begin(skb, &r)) {
		nw_count(NW_LOSS_HEAD);
		return 0;
	}
	if (len <= 128) {
		return NW_HEAD_EMIT(skb, &r, 128);
	}
	if (len <= 512) {
		return NW_HEAD_EMIT(skb, &r, 512);
	}
	return NW_HEAD_EMIT(skb, &r, NW_HEAD_ROOM_MAX);
}
