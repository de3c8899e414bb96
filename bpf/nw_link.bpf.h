/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What leaves this host past its Internet sockets: frames of packet sockets, and what is forwarded.
 *
 * Neither has socket storage: cgroup hooks do not see the one, the other has no socket, and 5.10
 * has no storage in tracepoints. So both live in hash tables of a fixed capacity, made entry by
 * entry; what finds no room is counted. Entries go when the ledger has told their end.
 */
#pragma once

#include "nw_sock.bpf.h"

#define NW_AF_PACKET 17

#define NW_FRAMES_MAX	1024
#define NW_FORWARDS_MAX 16384

#define NW_CGROUP_DEPTH 16

#define NW_BRIDGE_PORT (1U << 9) /* IFF_BRIDGE_PORT, include/linux/netdevice.h */

/* nw_link_need: why dev_queue must be attached. Written by net_scan, read by user space (mmapped). */
#define NW_NEED_FRAMES	 (1U << 0)
#define NW_NEED_FORWARDS (1U << 1)

__u32 nw_link_need __weak = 0;
__u32 nw_net_scan_pass __weak = 0; /* counts looks at all namespaces, from 1 */

/* A packet or XDP socket; key: inode of the socket. */
struct nw_frames {
	struct nw_proc_id owner;
	__u64 birth_ns; /* 0: there before us */
	__u64 tx_bytes;
	__u64 tx_packets;
	__u64 seen_ns; /* when the ledger last reported, and what */
	__u64 seen_tx;
	__u64 seen_packets;
	__u32 uid;
	__u32 netns;
	__u32 ifindex;
	__u32 pass; /* the last look that saw it */
	__u16 proto;
	__u8 family; /* NW_FAMILY_OTHER | AF_* */
	__u8 type;   /* SOCK_* */
	__u8 is_told;
	__u8 is_uncounted; /* it passes dev_queue by */
	__u8 pad[2];
};

/* Ends in the order of their bytes, so that both directions are one entry. */
struct nw_forward_key {
	__u8 addr[2][16] __attribute__((aligned(8)));
	__be16 port_be[2];
	__u32 netns;
	__u16 proto;
	__u16 pad[3];
};

struct nw_forward {
	__u64 birth_ns;
	__u64 bytes[2]; /* from end 0, from end 1 */
	__u64 packets[2];
	__u64 seen_ns;
	__u64 seen_bytes[2];
	__u64 seen_packets;
	__u32 slot;
	__u32 ifindex; /* through which the first packet left */
	__u8 began;    /* end 0 or 1 */
	__u8 is_sure;  /* TCP: its SYN was seen */
	__u8 is_over;  /* TCP: a FIN or RST was seen */
	__u8 devices;  /* bit 0, 1: whose end 0's, 1's frames are was told */
	__u8 pad[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NW_FRAMES_MAX);
	__type(key, __u64);
	__type(value, struct nw_frames);
} nw_frames SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NW_FORWARDS_MAX);
	__type(key, struct nw_forward_key);
	__type(value, struct nw_forward);
} nw_forwards SEC(".maps") __weak;

static __always_inline bool nw_is_bridge_port(struct net_device *dev)
{
	return (BPF_CORE_READ_BITFIELD_PROBED(dev, priv_flags) & NW_BRIDGE_PORT) != 0;
}

struct sock_cgroup_data___v5_10 {
	__u64 val; /* pointer, unless the lowest bit is set */
} __attribute__((preserve_access_index));

/* Does the socket belong to the cgroup of --cgroup? bpf_current_task_under_cgroup() is about who
 * runs, and here that may be anybody. A socket keeps the cgroup of who made it. */
static __noinline bool nw_sock_is_ours(struct sock *sk)
{
	void *data = (void *)sk + bpf_core_field_offset(struct sock, sk_cgrp_data);
	struct cgroup *cgrp;

	if (!nw_cfg_narrow) {
		return true;
	}
	if (bpf_core_field_exists(struct sock_cgroup_data, cgroup)) {
		cgrp = BPF_CORE_READ((struct sock_cgroup_data *)data, cgroup);
	} else {
		__u64 val = BPF_CORE_READ((struct sock_cgroup_data___v5_10 *)data, val);

		cgrp = val & 1 ? NULL : (void *)val;
	}
	for (int i = 0; i < NW_CGROUP_DEPTH && cgrp; i++) {
		struct cgroup_subsys_state *up;

		if (BPF_CORE_READ(cgrp, kn, id) == nw_cfg_cgroup_id) {
			return true;
		}
		up = BPF_CORE_READ(cgrp, self.parent);
		if (!up) {
			return false;
		}
		cgrp = (void *)up - bpf_core_field_offset(struct cgroup, self);
	}
	return false;
}

/* Inode of the socket's file; 0: the kernel's own, or closed. */
static __always_inline __u64 nw_sock_inode(struct sock *sk)
{
	return BPF_CORE_READ(sk, sk_socket, file, f_inode, i_ino);
}

/* A socket of another family, known from now on; NULL: no room, or not ours. */
static __always_inline struct nw_frames *nw_frames_add(struct sock *sk, __u64 inode)
{
	struct nw_frames *known;
	struct nw_frames v = {};

	if (!nw_sock_is_ours(sk)) {
		return NULL;
	}
	v.family = NW_FAMILY_OTHER | BPF_CORE_READ(sk, __sk_common.skc_family);
	v.type = BPF_CORE_READ(sk, sk_type);
	v.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	v.uid = BPF_CORE_READ(sk, sk_uid.val);
	v.birth_ns = nw_net_scan_pass > 1 ? bpf_ktime_get_boot_ns() : 0;
	v.pass = nw_net_scan_pass + 1; /* the next look may be the first that sees it */
	bpf_map_update_elem(&nw_frames, &inode, &v, BPF_NOEXIST);
	known = bpf_map_lookup_elem(&nw_frames, &inode); /* ours, or another CPU was first */
	if (!known) {
		nw_count(NW_LOSS_LINK);
	}
	return known;
}

static __always_inline void nw_frames_fill(struct nw_ev_sock *e, const struct nw_frames *v,
					   __u64 inode, enum nw_hook hook, enum nw_sock_what what)
{
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, hook, NW_SHAPE_SOCK, what, sizeof(*e), bpf_ktime_get_boot_ns());
	e->cookie = NW_COOKIE_INODE | inode;
	e->owner = v->owner;
	e->birth_ns = v->birth_ns;
	e->t0_ns = v->seen_ns;
	e->t0_tx_bytes = v->seen_tx;
	e->tx_bytes = v->tx_bytes;
	e->tx_packets = v->tx_packets;
	e->uid = v->uid;
	e->netns = v->netns;
	e->ifindex = v->ifindex;
	e->flags = NW_SOCK_TX_FIRST | (v->birth_ns ? 0 : NW_SOCK_FOUND) |
		   (v->is_uncounted ? NW_SOCK_UNCOUNTED : 0);
	e->state = v->type;
	e->family = v->family;
	e->proto = v->proto;
}
