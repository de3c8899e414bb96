/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What egress and ingress have in common: whose packet, and nothing more once all is known of it.
 *
 * TCP's bytes are counted by the kernel itself (struct tcp_sock), so a TCP packet leaves at once
 * when its direction is quiet: heads taken, sender seen. Datagrams are added up for each peer.
 * No clock is read and no bin reported here.
 */
#pragma once

#include "nw_sock.bpf.h"

struct nw_packet {
	__u8 saddr[16] __attribute__((aligned(8)));
	__u8 daddr[16];
	__u32 l4; /* offset of the transport header */
	__u8 proto;
	__u8 version;
};

/* include/uapi/linux/in6.h: extension headers before the transport's */
#define NW_IP6_HOPOPTS	0
#define NW_IP6_ROUTING	43
#define NW_IP6_FRAGMENT 44
#define NW_IP6_DSTOPTS	60

/* Walk IPv6 extension headers, at most 4. */
static __always_inline void nw_skip_ext6(struct __sk_buff *skb, struct nw_packet *pkt)
{
#pragma unroll
	for (int i = 0; i < 4; i++) {
		__u8 ext[2];

		if (pkt->proto != NW_IP6_HOPOPTS && pkt->proto != NW_IP6_ROUTING &&
		    pkt->proto != NW_IP6_DSTOPTS && pkt->proto != NW_IP6_FRAGMENT) {
			return;
		}
		if (bpf_skb_load_bytes(skb, pkt->l4, ext, sizeof(ext))) {
			return;
		}
		pkt->l4 += pkt->proto == NW_IP6_FRAGMENT ? 8 : (ext[1] + 1) * 8;
		pkt->proto = ext[0];
	}
}

static __always_inline bool nw_parse(struct __sk_buff *skb, struct nw_packet *pkt)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct iphdr *ip4 = data;
	struct ipv6hdr *ip6 = data;

	if ((void *)(ip4 + 1) > end) {
		return false;
	}
	if ((*(__u8 *)data >> 4) == 4) {
		nw_addr_set4(pkt->saddr, ip4->saddr);
		nw_addr_set4(pkt->daddr, ip4->daddr);
		pkt->l4 = (*(__u8 *)data & 0xf) * 4;
		pkt->proto = ip4->protocol;
		pkt->version = 4;
		return true;
	}
	if ((void *)(ip6 + 1) > end) {
		return false;
	}
	nw_addr_copy(pkt->saddr, &ip6->saddr);
	nw_addr_copy(pkt->daddr, &ip6->daddr);
	pkt->l4 = sizeof(*ip6);
	pkt->proto = ip6->nexthdr;
	pkt->version = 6;
	nw_skip_ext6(skb, pkt);
	return true;
}

enum nw_kind {
	NW_KIND_OTHER,
	NW_KIND_TCP,
	NW_KIND_TCP_ACK, /* an acknowledgement and nothing else */
};

/* The hot path's whole look at the packet. */
static __always_inline enum nw_kind nw_packet_kind(struct __sk_buff *skb)
{
	__u8 *data = (void *)(long)skb->data;
	__u8 *end = (void *)(long)skb->data_end;
	__u8 *tcp;

	if (data + sizeof(struct iphdr) + sizeof(struct tcphdr) > end) {
		return NW_KIND_OTHER; /* datagrams; a TCP header is always that long */
	}
	if (data[0] == 0x45) {
		tcp = data + sizeof(struct iphdr);
		if (data[9] != IPPROTO_TCP) {
			return NW_KIND_OTHER;
		}
	} else if ((data[0] >> 4) == 4) {
		return data[9] == IPPROTO_TCP ? NW_KIND_TCP : NW_KIND_OTHER;
	} else {
		tcp = data + sizeof(struct ipv6hdr);
		if (data[6] != IPPROTO_TCP) {
			return NW_KIND_OTHER;
		}
		if (tcp + sizeof(struct tcphdr) > end) {
			return NW_KIND_TCP;
		}
	}
	if (tcp[13] == 0x10 && skb->len == (__u32)(tcp - data) + (tcp[12] >> 4) * 4) {
		return NW_KIND_TCP_ACK;
	}
	return NW_KIND_TCP;
}

/* False only for what is surely an empty TCP segment, most of them acknowledgements. */
static __always_inline bool nw_tcp_has_payload(struct __sk_buff *skb)
{
	__u8 *data = (void *)(long)skb->data;
	__u8 *end = (void *)(long)skb->data_end;

	if (data + sizeof(struct iphdr) + sizeof(struct tcphdr) > end) {
		return true;
	}
	if (data[0] == 0x45) {
		return skb->len > 20 + (data[32] >> 4) * 4;
	}
	if ((data[0] >> 4) == 6 && data[6] == IPPROTO_TCP &&
	    data + sizeof(struct ipv6hdr) + sizeof(struct tcphdr) <= end) {
		return skb->len > 40 + (data[52] >> 4) * 4;
	}
	return true;
}
