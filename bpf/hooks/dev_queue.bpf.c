/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dev_queue: frames that packet sockets send, and packets that this host forwards or bridges.
 *
 * Kernel: trace_net_dev_queue() in __dev_queue_xmit(), net/core/dev.c, once for each device that a
 * packet passes. Context: of a packet socket the sender's own, of forwarded packets softirq.
 * A packet is forwarded when it has no socket and skb_iif, which netif_receive_skb() sets, says that
 * it came in. What the kernel sends by itself (ARP, ICMP errors, resets, neighbour discovery, the
 * outside of a tunnel) never came in: skb_iif is 0. A frame that passes a second device of this host
 * (veth, VLAN, bond) is counted once: of a packet socket where it has not come in yet, and never on a
 * device that stands on another one, whose queue it passes next.
 * Of what a bridge passes on it also tells whose frames they are: their source, where no router stands
 * between (tell_device() says how that is known). __dev_queue_xmit() sets mac_header to where it begins.
 * Attached only while net_scan finds a reason: it is called for every packet of the host.
 * Cannot see: sockets that pass the queue by (PACKET_QDISC_BYPASS, AF_XDP); what a packet socket
 * hears; what was sent before it was attached; who is behind NAT (it tells addresses as they leave);
 * what flowtables, XDP or hardware forward; whose frames they are that begin with another number of hops.
 * Without --cgroup only: what is forwarded has no cgroup.
 * Cost: ~60 ns a packet of another socket, ~0.3 us a frame or forwarded packet.
 */
#include "nw_link.bpf.h"

#define NW_ETH_P_IP	0x0800
#define NW_ETH_P_IPV6	0x86dd
#define NW_ETH_SOURCE	6
#define NW_IP_OFFSET	0x1fff /* of a fragment */
#define NW_IP6_HOPOPTS	0
#define NW_IP6_ROUTING	43
#define NW_IP6_FRAGMENT 44
#define NW_IP6_DSTOPTS	60
#define NW_IP6_EXT_MAX	3

#define NW_TH_FIN 0x01
#define NW_TH_SYN 0x02
#define NW_TH_RST 0x04
#define NW_TH_ACK 0x10

/* Its frames pass the queue of another device, which stands below it. */
static __always_inline bool is_upper(struct net_device *dev)
{
	void *head = (void *)dev + bpf_core_field_offset(struct net_device, adj_list.lower);

	return (void *)BPF_CORE_READ(dev, adj_list.lower.next) != head;
}

static __always_inline void count_frame(struct sk_buff *skb, struct sock *sk)
{
	__u64 inode = nw_sock_inode(sk);
	struct nw_frames *v = bpf_map_lookup_elem(&nw_frames, &inode);
	struct net_device *dev = skb->dev;
	struct nw_proc_id id;

	if (!inode) {
		return;
	}
	if (!v) {
		v = nw_frames_add(sk, inode);
	}
	if (!v) {
		return;
	}
	if (!v->owner.tgid && nw_current(&id)) {
		v->owner = id;
	}
	if (is_upper(dev)) {
		return;
	}
	if (!v->ifindex) {
		v->ifindex = dev->ifindex;
	}
	__sync_fetch_and_add(&v->tx_bytes, skb->len);
	__sync_fetch_and_add(&v->tx_packets, 1);
}

/* ---- forwarded ------------------------------------------------------------------------------ */

struct view {
	__u8 saddr[16] __attribute__((aligned(8)));
	__u8 daddr[16];
	__be16 port_be[2];
	__u32 l4;      /* offset of the transport header in the packet */
	__u32 bytes;   /* payload of TCP and UDP, else of IP */
	__u32 packets; /* on the wire */
	__u16 proto;
	__u8 tcp_flags;
	__u8 is_fragment; /* and not the first */
	__u8 hops;	  /* that it may still make */
};

static __always_inline bool parse4(const void *ip, struct view *w)
{
	struct iphdr h;

	if (bpf_probe_read_kernel(&h, sizeof(h), ip)) {
		return false;
	}
	nw_addr_set4(w->saddr, h.saddr);
	nw_addr_set4(w->daddr, h.daddr);
	w->l4 = (*(__u8 *)&h & 0xf) * 4;
	w->proto = h.protocol;
	w->hops = h.ttl;
	w->bytes = bpf_ntohs(h.tot_len);
	w->is_fragment = (h.frag_off & bpf_htons(NW_IP_OFFSET)) != 0;
	return true;
}

static __always_inline bool parse6(const void *ip, struct view *w)
{
	struct ipv6hdr h __attribute__((aligned(8)));

	if (bpf_probe_read_kernel(&h, sizeof(h), ip)) {
		return false;
	}
	nw_addr_copy(w->saddr, &h.saddr);
	nw_addr_copy(w->daddr, &h.daddr);
	w->l4 = sizeof(h);
	w->proto = h.nexthdr;
	w->hops = h.hop_limit;
	w->bytes = sizeof(h) + bpf_ntohs(h.payload_len);
#pragma unroll
	for (int i = 0; i < NW_IP6_EXT_MAX; i++) {
		__u8 ext[4];

		if (w->proto != NW_IP6_HOPOPTS && w->proto != NW_IP6_ROUTING &&
		    w->proto != NW_IP6_DSTOPTS && w->proto != NW_IP6_FRAGMENT) {
			return true;
		}
		if (bpf_probe_read_kernel(ext, sizeof(ext), ip + w->l4)) {
			return false;
		}
		if (w->proto == NW_IP6_FRAGMENT && (ext[2] || (ext[3] & 0xf8))) {
			w->is_fragment = 1;
		}
		w->l4 += w->proto == NW_IP6_FRAGMENT ? 8 : (ext[1] + 1) * 8;
		w->proto = ext[0];
	}
	return true;
}

static __always_inline void parse_l4(const void *l4, struct view *w)
{
	__u8 h[14];

	if (w->is_fragment || (w->proto != IPPROTO_TCP && w->proto != IPPROTO_UDP) ||
	    bpf_probe_read_kernel(h, sizeof(h), l4)) {
		return;
	}
	__builtin_memcpy(w->port_be, h, sizeof(w->port_be));
	if (w->proto == IPPROTO_UDP) {
		w->l4 += 8;
		return;
	}
	w->l4 += (h[12] >> 4) * 4;
	w->tcp_flags = h[13];
}

/* A packet that will be cut into several says the size of all in skb->len; of others tot_len is
 * right, and skb->len may count padding. */
static __always_inline bool parse(struct sk_buff *skb, struct view *w)
{
	const void *head = skb->head;
	const void *data = skb->data;
	const void *ip = head + skb->network_header;
	struct skb_shared_info *info = (void *)head + skb->end;
	__u16 segs;
	bool ok;

	barrier_var(data);

	if (skb->protocol == bpf_htons(NW_ETH_P_IP)) {
		ok = parse4(ip, w);
	} else {
		ok = skb->protocol == bpf_htons(NW_ETH_P_IPV6) && parse6(ip, w);
	}
	if (!ok) {
		return false;
	}
	parse_l4(ip + w->l4, w);
	w->packets = 1;
	if (BPF_CORE_READ(info, gso_size)) {
		segs = BPF_CORE_READ(info, gso_segs);
		w->packets = segs ? segs : 1;
		w->bytes = skb->len - (__u32)(ip - data);
	}
	w->bytes = w->bytes > w->l4 ? w->bytes - w->l4 : 0;
	return true;
}

/* Ends in order; which of them sent this: 0 or 1. */
static __always_inline __u32 make_key(struct nw_forward_key *k, const struct view *w)
{
	const __u64 *s = (const __u64 *)w->saddr;
	const __u64 *d = (const __u64 *)w->daddr;
	bool is_first = s[0] < d[0] || (s[0] == d[0] && s[1] < d[1]) ||
			(s[0] == d[0] && s[1] == d[1] && w->port_be[0] <= w->port_be[1]);

	if (is_first) {
		nw_addr_copy(k->addr[0], w->saddr);
		nw_addr_copy(k->addr[1], w->daddr);
		k->port_be[0] = w->port_be[0];
		k->port_be[1] = w->port_be[1];
	} else {
		nw_addr_copy(k->addr[0], w->daddr);
		nw_addr_copy(k->addr[1], w->saddr);
		k->port_be[0] = w->port_be[1];
		k->port_be[1] = w->port_be[0];
	}
	k->proto = w->proto;
	return is_first ? 0 : 1;
}

static __always_inline struct nw_forward *
begin_forward(const struct nw_forward_key *k, const struct view *w, __u32 sender, __u32 ifindex)
{
	struct nw_forward v = {};
	const __u32 *a = (const __u32 *)k;

	v.birth_ns = bpf_ktime_get_boot_ns();
	v.ifindex = ifindex;
	v.began = sender;
	if (w->tcp_flags & NW_TH_SYN) {
		v.is_sure = 1;
		v.began = w->tcp_flags & NW_TH_ACK ? !sender : sender;
	}
#pragma unroll
	for (__u32 i = 0; i < sizeof(*k) / 4; i++) {
		v.slot = (v.slot ^ a[i]) * 0x9e3779b1U;
	}
	v.slot &= 0x7fffffff; /* apart from the slots with a meaning */
	bpf_map_update_elem(&nw_forwards, k, &v, BPF_NOEXIST);
	return bpf_map_lookup_elem(&nw_forwards, k); /* ours, or another CPU was first */
}

/*
 * A bridge leaves a frame's source as it is. That is the device's own which has the sender's address, if no
 * router stands between: then as many hops are left as a system gives to what it sends, 64, 128 or 255. What
 * this host routes has one less, and our own address as its source. True: told.
 */
static __always_inline bool tell_device(struct sk_buff *skb, struct net_device *dev,
					const struct view *w, __u32 netns)
{
	struct nw_ev_device *e;

	if ((w->hops != 64 && w->hops != 128 && w->hops != 255) || !nw_is_bridge_port(dev)) {
		return false;
	}
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return false;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_DEV_QUEUE, NW_SHAPE_DEVICE, 0, sizeof(*e),
		   bpf_ktime_get_boot_ns());
	nw_addr_copy(e->addr, w->saddr);
	bpf_probe_read_kernel(e->mac, sizeof(e->mac),
			      (void *)skb->head + skb->mac_header + NW_ETH_SOURCE);
	e->netns = netns;
	e->ifindex = skb->skb_iif;
	nw_submit(e);
	return true;
}

static __noinline int count_forward(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct nw_forward_key k = {};
	struct nw_forward *v;
	struct view w = {};
	__u32 sender;

	if (is_upper(dev) || !parse(skb, &w)) {
		return 0;
	}
	sender = make_key(&k, &w);
	k.netns = dev->nd_net.net->ns.inum;
	v = bpf_map_lookup_elem(&nw_forwards, &k);
	if (!v) {
		v = begin_forward(&k, &w, sender, dev->ifindex);
	}
	if (!v) {
		nw_count(NW_LOSS_LINK);
		return 0;
	}
	if (!(v->devices & (1 << sender)) && tell_device(skb, dev, &w, k.netns)) {
		v->devices |= 1 << sender;
	}
	if (w.tcp_flags & (NW_TH_FIN | NW_TH_RST)) {
		v->is_over = 1;
	}
	if (sender) {
		__sync_fetch_and_add(&v->bytes[1], w.bytes);
		__sync_fetch_and_add(&v->packets[1], w.packets);
	} else {
		__sync_fetch_and_add(&v->bytes[0], w.bytes);
		__sync_fetch_and_add(&v->packets[0], w.packets);
	}
	return 0;
}

SEC("tp_btf/net_dev_queue")
int BPF_PROG(nw_dev_queue, struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (sk) {
		if (sk->__sk_common.skc_family == NW_AF_PACKET && !skb->skb_iif) {
			count_frame(skb, sk);
		}
		return 0;
	}
	if (!nw_cfg_narrow && skb->skb_iif) {
		count_forward(skb);
	}
	return 0;
}
