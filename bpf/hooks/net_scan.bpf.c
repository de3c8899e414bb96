/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * net_scan: packet and XDP sockets of all network namespaces, and whether any of them forwards.
 *
 * Kernel: iter/bpf_map_elem over a table with one entry, so that user space's read() of the pinned
 * link runs it once; __alt, where iterators over maps are refused: the first call of iter/bpf_map.
 * It walks net_namespace_list from the reader's namespace, and in each namespace
 * net->packet.sklist, net->xdp.list and the devices. Context: under RCU, which keeps what is in these
 * lists; every read is one that cannot fault. The list's head is no namespace, which its loopback
 * device tells: that of a namespace knows it.
 * Also namespaces without a process and sockets that no file table holds (io_uring, SCM_RIGHTS).
 * Who holds a socket is fd_scan's to say, or the first frame's.
 * Cannot see: sockets that live and end between two looks (200 ms), more than NW_NET_SCAN_LAPS^2 things.
 * Cost: ~6 us a look with the read, and ~0.5 us for each namespace that has one device.
 */
#include "nw_link.bpf.h"

#define NW_NET_SCAN_LAPS 64 /* of as many steps */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} nw_net_scan_once SEC(".maps");

enum at {
	AT_NET,
	AT_PACKET,
	AT_XDP,
	AT_DEV,
	AT_END,
};

/* One look at a time: user space reads from one thread. Addresses hold only within one run. */
static __u64 walk_first; /* struct net of the reader */
static __u64 walk_net;
static __u64 walk_node; /* next of the list that we are in */
static __u32 walk_at;
static __u32 walk_need;	 /* NW_NEED_* */
static __u32 walk_heads; /* list heads that were passed: more than one, and the list is none */

static __always_inline bool is_net(struct net *net)
{
	struct net_device *lo = BPF_CORE_READ(net, loopback_dev);

	return lo && BPF_CORE_READ(lo, nd_net.net) == net;
}

static __always_inline void next_net(void)
{
	struct net *net = (void *)walk_net;
	__u64 next = (__u64)BPF_CORE_READ(net, list.next);

	walk_net = next - bpf_core_field_offset(struct net, list);
	walk_at = next && walk_net != walk_first ? AT_NET : AT_END;
}

static __always_inline void see_net(void)
{
	struct net *net = (void *)walk_net;

	if (!is_net(net)) {
		walk_heads++;
		next_net();
		if (walk_heads > 1) {
			walk_at = AT_END;
		}
		return;
	}
	if (BPF_CORE_READ(net, ipv4.devconf_all, data[0]) ||
	    BPF_CORE_READ(net, ipv4.devconf_dflt, data[0]) ||
	    BPF_CORE_READ(net, ipv6.devconf_all, forwarding)) {
		walk_need |= NW_NEED_FORWARDS;
	}
	walk_node = 0;
	if (bpf_core_field_exists(net->packet)) {
		walk_node = (__u64)BPF_CORE_READ(net, packet.sklist.first);
	}
	walk_at = AT_PACKET;
}

static __always_inline void tell_socket(struct nw_frames *v, __u64 inode)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));

	if (!e) {
		return; /* at the next look */
	}
	nw_frames_fill(e, v, inode, NW_HOOK_NET_SCAN, NW_SOCK_OPEN);
	nw_submit(e);
	v->is_told = 1;
}

/* Before 6.4 the flag was not one, but the function that sends. Its address comes from user space: an
 * extern of it would make libbpf read all of /proc/kallsyms, on every kernel. */
const volatile __u64 nw_cfg_direct_xmit = 0;

struct packet_sock___v5_10 {
	void *xmit;
} __attribute__((preserve_access_index));

static __always_inline bool is_bypass(struct packet_sock *po)
{
	struct packet_sock___v5_10 *old = (void *)po;

	if (bpf_core_enum_value_exists(enum packet_sock_flags, PACKET_SOCK_QDISC_BYPASS)) {
		return BPF_CORE_READ(po, flags) >> bpf_core_enum_value(enum packet_sock_flags,
								       PACKET_SOCK_QDISC_BYPASS) &
		       1;
	}
	return bpf_core_field_exists(old->xmit) && nw_cfg_direct_xmit &&
	       (__u64)BPF_CORE_READ(old, xmit) == nw_cfg_direct_xmit;
}

/* Both kinds hang in their list by skc_node. */
static __always_inline void see_socket(bool is_packet)
{
	struct sock *sk = (void *)walk_node - bpf_core_field_offset(struct sock_common, skc_node);
	struct packet_sock *po = (void *)sk;
	__u64 inode = nw_sock_inode(sk);
	bool is_uncounted = !is_packet || is_bypass(po);
	struct nw_frames *v;

	walk_node = (__u64)BPF_CORE_READ(sk, __sk_common.skc_node.next);
	if (!inode) {
		return;
	}
	v = bpf_map_lookup_elem(&nw_frames, &inode);
	if (!v) {
		v = nw_frames_add(sk, inode);
	}
	if (!v) {
		return;
	}
	if (is_packet) {
		walk_need |= NW_NEED_FRAMES;
		if (bpf_core_field_exists(po->num)) {
			v->proto = bpf_ntohs(BPF_CORE_READ(po, num));
		}
	}
	v->pass = nw_net_scan_pass;
	if (!v->is_told || v->is_uncounted != is_uncounted) {
		v->is_uncounted = is_uncounted;
		tell_socket(v, inode);
	}
}

/* Forwarding may be on for a single device; a bridge forwards whatever the settings say. */
static __always_inline void see_device(void)
{
	struct net_device *dev =
		(void *)walk_node - bpf_core_field_offset(struct net_device, dev_list);

	walk_node = (__u64)BPF_CORE_READ(dev, dev_list.next);
	if (BPF_CORE_READ(dev, ip_ptr, cnf.data[0]) || nw_is_bridge_port(dev)) {
		walk_need |= NW_NEED_FORWARDS;
	}
}

/* 0: the walk is over. Global, as the next one, so that the verifier looks at it once and not at
 * every step: a loop within a loop is 2 * 64 rounds for it, and 4,096 steps. */
__noinline int nw_net_scan_step(__u32 step)
{
	struct net *net = (void *)walk_net;

	switch (walk_at) {
	case AT_NET:
		see_net();
		break;
	case AT_PACKET:
		if (walk_node) {
			see_socket(true);
			break;
		}
		walk_at = AT_XDP;
		if (bpf_core_field_exists(net->xdp)) {
			walk_node = (__u64)BPF_CORE_READ(net, xdp.list.first);
		}
		break;
	case AT_XDP:
		if (walk_node) {
			see_socket(false);
			break;
		}
		walk_at = AT_DEV;
		walk_node = (__u64)BPF_CORE_READ(net, dev_base_head.next);
		break;
	case AT_DEV:
		if (walk_node &&
		    walk_node != walk_net + bpf_core_field_offset(struct net, dev_base_head)) {
			see_device();
		} else {
			next_net();
		}
		break;
	default:
		return 0;
	}
	return 1;
}

__noinline int nw_net_scan_lap(__u32 lap)
{
	for (int i = 0; i < NW_NET_SCAN_LAPS; i++) {
		if (!nw_net_scan_step(i)) {
			return 0;
		}
	}
	return 1;
}

static __always_inline void walk(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	walk_first = (__u64)BPF_CORE_READ(task, nsproxy, net_ns);
	walk_net = walk_first;
	walk_at = AT_NET;
	walk_need = 0;
	walk_heads = 0;
	nw_net_scan_pass++;
	for (int i = 0; i < NW_NET_SCAN_LAPS; i++) {
		if (!nw_net_scan_lap(i)) {
			break;
		}
	}
	if (walk_at != AT_END) { /* who was not seen may be there all the same: nobody ends */
		nw_count(NW_LOSS_LINK);
		nw_net_scan_pass--;
		walk_need |= NW_NEED_FRAMES;
	}
	nw_link_need = nw_cfg_narrow ? walk_need & ~NW_NEED_FORWARDS : walk_need;
}

SEC("iter/bpf_map_elem")
int nw_net_scan(struct bpf_iter__bpf_map_elem *ctx)
{
	if (ctx->value) {
		walk();
	}
	return 0;
}

SEC("iter/bpf_map")
int nw_net_scan__alt(struct bpf_iter__bpf_map *ctx)
{
	if (ctx->meta->seq_num == 0) {
		walk();
	}
	return 0;
}
