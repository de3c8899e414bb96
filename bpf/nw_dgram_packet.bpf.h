/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets that are not TCP: added up for each peer, in the socket's own storage.
 *
 * A slot is taken without a lock: who counts its claim from 0 to 1 owns it; two that race for one
 * slot both go on to the next, and the burnt one comes back when the ledger ages it. Counters are
 * atomic because one socket may send on two CPUs at once.
 */
#pragma once

#include "nw_head.bpf.h"
#include "nw_ledger.bpf.h"

#define NW_FAR_PROBES 16

struct nw_dgram_key {
	__u8 laddr[16] __attribute__((aligned(8)));
	__u8 raddr[16];
	__u32 payload;
	__u32 packets;
	__u32 at; /* payload's offset in the packet */
	__u32 ifindex;
	__be16 lport_be;
	__be16 rport_be;
	__u8 tx;
};

static __always_inline bool nw_peer_is(const struct nw_peer *p, const struct nw_dgram_key *k)
{
	const __u64 *a = (const __u64 *)p->raddr;
	const __u64 *b = (const __u64 *)k->raddr;

	return p->rport_be == k->rport_be && a[0] == b[0] && a[1] == b[1] && p->ready;
}

static __always_inline void nw_peer_add(struct nw_peer *p, const struct nw_dgram_key *k)
{
	if (k->tx) {
		__sync_fetch_and_add(&p->tx_bytes, k->payload);
		__sync_fetch_and_add(&p->tx_packets, k->packets);
	} else {
		__sync_fetch_and_add(&p->rx_bytes, k->payload);
		__sync_fetch_and_add(&p->rx_packets, k->packets);
	}
}

static __always_inline bool nw_is_dns_port(__be16 port_be)
{
	return port_be == bpf_htons(NW_PORT_DNS) || port_be == bpf_htons(NW_PORT_MDNS);
}

static __always_inline bool nw_peer_claim(struct nw_peer *p)
{
	volatile __u64 *claim = &p->claim;

	if (*claim != 0) {
		return false;
	}
	__sync_fetch_and_add(&p->claim, 1);
	return *claim == 1;
}

/* Where a peer's slot is. A number, so that the verifier goes on in few ways and not in one for each
 * slot that was looked at. */
#define NW_AT_OTHER NW_PEERS_NEAR /* below: near */
#define NW_AT_EVEN  64		  /* and the number of the far one */
#define NW_AT_ODD   128
#define NW_AT_PLACE 255 /* all of the above */
#define NW_AT_NEW   256 /* claimed just now, to be made */
#define NW_AT_NONE  512

/* Its number is of the place and of how often the place was taken, both its owner's alone: two places
 * that are taken on two CPUs at once must not get one number, and 5.10 has no atomic that returns. */
static __always_inline void nw_peer_init(struct nw_peer *p, const struct nw_dgram_key *k,
					 __u32 where)
{
	nw_addr_copy(p->raddr, k->raddr);
	nw_addr_copy(p->laddr, k->laddr);
	p->rport_be = k->rport_be;
	p->ifindex = 0;
	p->slot = (p->slot | NW_AT_PLACE) + 1 + (where & NW_AT_PLACE);
	p->birth_ns = bpf_ktime_get_boot_ns();
	p->flags = k->tx ? NW_SOCK_TX_FIRST : 0;
	/* also without heads: the first one out tells the interface */
	p->tx_heads = NW_HEAD_DGRAMS;
	p->rx_heads = p->tx_heads;
	p->idle = 0;
	barrier(); /* who sees it ready reads all of it */
	p->ready = 1;
}

/* Is this the peer's slot, or is it its own from now on? 0, NW_AT_NEW or NW_AT_NONE. */
static __noinline __u32 nw_peer_try(struct nw_peer *p, const struct nw_dgram_key *k)
{
	if (nw_peer_is(p, k)) {
		return 0;
	}
	return nw_peer_claim(p) ? NW_AT_NEW : NW_AT_NONE;
}

static __always_inline __u32 nw_key_hash(const struct nw_dgram_key *k)
{
	const __u32 *a = (const __u32 *)k->raddr;

	return (a[0] ^ a[1] ^ a[2] ^ a[3] ^ ((__u32)k->rport_be << 8)) * 0x9e3779b1U >> 16;
}

static __always_inline struct nw_peer *nw_peer_at(struct bpf_sock *sk, struct nw_dgram *v,
						  __u32 where)
{
	struct nw_far *far;
	__u32 at = where & 63;

	if (where & NW_AT_ODD) {
		far = bpf_sk_storage_get(&nw_far_odd, sk, 0, 0);
	} else if (where & NW_AT_EVEN) {
		far = bpf_sk_storage_get(&nw_far_even, sk, 0, 0);
	} else if (at >= NW_PEERS_NEAR) {
		return &v->other;
	} else {
		at &= NW_PEERS_NEAR - 1;
		barrier_var(at);
		return &v->near[at];
	}
	if (!far || at >= NW_PEERS_FAR) {
		return NULL;
	}
	barrier_var(at);
	return &far->peer[at];
}

/* Unrolled: verifiers before 6.2 refuse some layouts of a loop ("back-edge"). */
static __always_inline __u32 nw_far_find(struct nw_far *far, const struct nw_dgram_key *k,
					 __u32 hash, __u32 where)
{
#pragma unroll
	for (__u32 i = 0; i < NW_FAR_PROBES; i++) {
		__u32 at = (hash + i) & 63;
		__u32 how = at < NW_PEERS_FAR ? nw_peer_try(&far->peer[at], k) : NW_AT_NONE;

		if (how != NW_AT_NONE) {
			return where | at | how;
		}
	}
	return NW_AT_OTHER;
}

static __always_inline __u32 nw_peer_find_far(struct bpf_sock *sk, struct nw_dgram *v,
					      const struct nw_dgram_key *k)
{
	__u32 hash = nw_key_hash(k);
	__u32 where = hash & 1 ? NW_AT_ODD : NW_AT_EVEN;
	struct nw_far *far;

	if (hash & 1) {
		far = nw_sk_storage(&nw_far_odd, sk);
	} else {
		far = nw_sk_storage(&nw_far_even, sk);
	}
	if (!far) {
		return NW_AT_OTHER;
	}
	if (!far->id.cookie) {
		far->id = v->id;
		v->has_far = 1;
	}
	return nw_far_find(far, k, hash >> 1, where);
}

/* The shared one when there is no room. */
static __noinline __u32 nw_peer_find(struct bpf_sock *sk, struct nw_dgram *v,
				     const struct nw_dgram_key *k)
{
	struct nw_peer *p = &v->other;
	__u32 where;

#pragma unroll
	for (__u32 i = 0; i < NW_PEERS_NEAR; i++) {
		where = nw_peer_try(&v->near[i], k);
		if (where != NW_AT_NONE) {
			return where | i;
		}
	}
	where = nw_peer_find_far(sk, v, k);
	if (where != NW_AT_OTHER) {
		return where;
	}
	if (!p->ready) {
		__builtin_memset(p->laddr, 0, 16);
		p->slot = NW_SLOT_OTHER;
		p->flags = k->tx ? NW_SOCK_TX_FIRST : 0;
		p->birth_ns = bpf_ktime_get_boot_ns();
		p->ready = 1;
	}
	nw_count(NW_LOSS_PEER_SLOTS);
	return NW_AT_OTHER;
}

/* The peer's slot, made when it is new. */
static __always_inline struct nw_peer *nw_peer_of(struct bpf_sock *sk, struct nw_dgram *v,
						  const struct nw_dgram_key *k)
{
	__u32 where = nw_peer_find(sk, v, k);
	struct nw_peer *p = nw_peer_at(sk, v, where);

	if (p && (where & NW_AT_NEW)) {
		v->is_used = 1;
		nw_peer_init(p, k, where);
	}
	return p;
}

static __always_inline void nw_dgram_head(struct __sk_buff *skb, struct nw_peer *p,
					  const struct nw_dgram_key *k, enum nw_hook hook)
{
	__u32 how = NW_HOW_HOOK(hook) | NW_HEAD_END | (k->tx ? NW_HOW_TX : 0);
	__u32 len = k->payload;

	if (!len) {
		return;
	}
	if (!nw_is_dns_port(k->rport_be) && !nw_is_dns_port(k->lport_be)) {
		if (k->tx && p->tx_heads) {
			p->tx_heads--;
		} else if (!k->tx && p->rx_heads) {
			p->rx_heads--;
		}
	}
	if (!nw_cfg_heads) {
		return;
	}
	if (len > NW_HEAD_DGRAM_MAX) {
		len = NW_HEAD_DGRAM_MAX;
		how |= NW_HEAD_CUT;
	}
	nw_head_send(skb, k->at, len, p->slot, how);
}

/*
 * The first packet of a socket that did not bind; or of the kernel's own, or open before the start.
 * Datagrams leave in the sender's own context; on the way in, current is anybody. So it is for raw
 * sockets: sock_create or the host's scan named their owner, so one that nobody named is the
 * kernel's, which answers a ping in the time of whoever runs.
 */
static __always_inline void nw_dgram_adopt(struct __sk_buff *skb, struct bpf_sock *sk, bool tx)
{
	struct nw_dgram *v = nw_sk_storage(&nw_dgrams, sk);
	bool is_dgram = sk->type == NW_SOCK_DGRAM;

	if (!v || v->id.cookie) {
		return; /* refused; or its other first packet, on another CPU, was faster */
	}
	barrier_var(is_dgram); /* else the field's address is kept, which no verifier takes */
	v->id.cookie = bpf_get_socket_cookie(skb);
	v->id.proto = sk->protocol;
	v->id.family = sk->family == NW_AF_INET6 ? 6 : 4;
	v->id.birth_ns = bpf_ktime_get_boot_ns();
	v->id.looked = nw_looks;
	v->near[0].sender_tries = NW_ROLE_TRIES;
	v->id.reader_tries = NW_ROLE_TRIES;
	if (tx && is_dgram && nw_current(&v->id.owner)) {
		v->id.sender = v->id.owner;
		v->id.uid = nw_sender_uid();
		v->id.netns = nw_current_netns();
		return;
	}
	v->id.flags |= NW_SOCK_NO_OWNER;
	if (is_dgram) {
		nw_count(NW_LOSS_OWNER);
	}
}

/* Datagrams leave in their sender's context; some of each bin are asked. */
static __noinline int nw_dgram_sender(struct nw_dgram *v, enum nw_hook hook)
{
	struct nw_proc_id id;

	if (!v) {
		return 0;
	}
	v->near[0].sender_tries--;
	if (!v->id.owner.tgid || !nw_current(&id) || nw_is_same(&v->id.sender, &id)) {
		return 0;
	}
	if (v->id.sender.tgid) { /* the ledger may not have told it yet */
		nw_dgram_tell_role(&v->id, &v->id.sender, NW_ROLE_SENT, hook);
	}
	v->id.sender = id;
	return 0;
}

static __always_inline bool nw_dgram_key_of(struct __sk_buff *skb, bool tx, struct nw_dgram_key *k,
					    __u8 *ret_proto)
{
	struct nw_packet pkt;
	__be16 ports[2] = {};
	__u32 hlen;

	if (!nw_parse(skb, &pkt)) {
		return false;
	}
	hlen = pkt.l4;
	if (pkt.proto == IPPROTO_UDP || pkt.proto == IPPROTO_UDPLITE) {
		if (bpf_skb_load_bytes(skb, pkt.l4, ports, sizeof(ports))) {
			return false;
		}
		hlen += 8;
	}
	if (skb->len < hlen) {
		return false;
	}
	nw_addr_copy(k->laddr, tx ? pkt.saddr : pkt.daddr);
	nw_addr_copy(k->raddr, tx ? pkt.daddr : pkt.saddr);
	k->lport_be = tx ? ports[0] : ports[1];
	k->rport_be = tx ? ports[1] : ports[0];
	k->payload = skb->len - hlen;
	k->packets = skb->gso_segs > 1 ? skb->gso_segs : 1;
	k->at = hlen;
	k->ifindex = skb->ifindex;
	k->tx = tx;
	*ret_proto = pkt.proto;
	return true;
}

/* A UDP datagram to or from the socket's first peer whose heads are taken: nearly all of them. */
static __always_inline bool nw_dgram_hot(struct __sk_buff *skb, struct nw_dgram *v, bool tx)
{
	struct nw_peer *p = &v->near[0];
	__u8 *data = (void *)(long)skb->data;
	__u8 *end = (void *)(long)skb->data_end;
	const __u32 *want = (const __u32 *)p->raddr;
	const __u32 *addr;
	__be16 port;
	__u32 bytes;

	if (!p->ready || (tx ? p->tx_heads : p->rx_heads) || data + 28 > end) {
		return false;
	}
	if (data[0] == 0x45 && data[9] == IPPROTO_UDP) {
		addr = (const __u32 *)(data + (tx ? 16 : 12));
		port = *(__be16 *)(data + (tx ? 22 : 20));
		if (want[3] != addr[0] || want[2] != bpf_htonl(0xffff) || want[1] || want[0]) {
			return false;
		}
		bytes = skb->len - 28;
	} else if ((data[0] >> 4) == 6 && data[6] == IPPROTO_UDP && data + 48 <= end) {
		addr = (const __u32 *)(data + (tx ? 24 : 8));
		port = *(__be16 *)(data + (tx ? 42 : 40));
		if (want[0] != addr[0] || want[1] != addr[1] || want[2] != addr[2] ||
		    want[3] != addr[3]) {
			return false;
		}
		bytes = skb->len - 48;
	} else {
		return false;
	}
	if (port != p->rport_be) {
		return false;
	}
	__sync_fetch_and_add(tx ? &p->tx_bytes : &p->rx_bytes, bytes);
	__sync_fetch_and_add(tx ? &p->tx_packets : &p->rx_packets,
			     skb->gso_segs > 1 ? skb->gso_segs : 1);
	return true;
}

/* The ledger does not come by this socket, and the peer has not told of itself for as long: idle is
 * then the look of the last time. The first peer's is kept by the ledger too, so that its packets
 * look no further than the line that they have. */
static __always_inline bool nw_peer_is_missed(const struct nw_dgram *v, const struct nw_peer *p)
{
	return nw_cfg_by_files && (__u8)(nw_looks - p->idle) > NW_LOOKS_MISSED &&
	       nw_looks - v->id.looked > NW_LOOKS_MISSED;
}

static __always_inline void nw_peer_tell_itself(struct nw_dgram *v, struct nw_peer *p,
						enum nw_hook hook)
{
	p->idle = nw_looks;
	v->near[0].sender_tries = NW_ROLE_TRIES;
	v->id.reader_tries = NW_ROLE_TRIES;
	nw_peer_report(&v->id, p, 0, bpf_ktime_get_boot_ns(), hook);
}

/* Each hook has it as a global function, which the verifier looks at once. */
static __always_inline int nw_dgram_slow(struct __sk_buff *skb, bool tx, enum nw_hook hook)
{
	struct bpf_sock *sk = skb->sk;
	struct nw_dgram_key k;
	struct nw_dgram *v;
	struct nw_peer *p;
	__u8 proto;

	if (!sk) {
		return 0;
	}
	sk = bpf_sk_fullsock(sk);
	if (!sk || sk->type == NW_SOCK_STREAM || !nw_dgram_key_of(skb, tx, &k, &proto)) {
		return 0;
	}
	v = bpf_sk_storage_get(&nw_dgrams, sk, 0, 0);
	if (!v && proto != IPPROTO_TCP) { /* the kernel resets and acknowledges through a raw one */
		nw_dgram_adopt(skb, sk, tx);
		v = bpf_sk_storage_get(&nw_dgrams, sk, 0, 0);
	}
	if (!v) {
		return 0;
	}
	if (!v->id.lport_be) {
		v->id.lport_be = k.lport_be;
	}
	p = nw_peer_of(sk, v, &k);
	if (!p) {
		return 0; /* never */
	}
	nw_peer_add(p, &k);
	if (tx && !p->ifindex && p->slot != NW_SLOT_OTHER) {
		p->ifindex = k.ifindex;
	}
	if (proto == IPPROTO_UDP && (tx ? p->tx_heads : p->rx_heads)) {
		nw_dgram_head(skb, p, &k, hook);
	}
	if (nw_peer_is_missed(v, p)) {
		nw_peer_tell_itself(v, p, hook);
	}
	return 0;
}

static __always_inline void nw_dgram_packet(struct __sk_buff *skb, bool tx, enum nw_hook hook,
					    int (*slow)(struct __sk_buff *skb))
{
	struct bpf_sock *sk = skb->sk;
	struct nw_dgram *v;

	if (!sk) {
		return;
	}
	v = bpf_sk_storage_get(&nw_dgrams, sk, 0, 0);
	if (v && tx && v->near[0].sender_tries) {
		nw_dgram_sender(v, hook);
	}
	if (!v || nw_peer_is_missed(v, &v->near[0]) || !nw_dgram_hot(skb, v, tx)) {
		slow(skb);
	}
}
