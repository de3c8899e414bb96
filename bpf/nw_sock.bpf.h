/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ledger's state, which lives with the kernel's sockets (BPF_MAP_TYPE_SK_STORAGE): found by one
 * pointer from the socket, cloned from a listener to what it accepts, gone when the socket goes.
 * No flood can evict it; when the kernel refuses it (optmem_max) that is counted.
 */
#pragma once

#include "nw.bpf.h"
#include "nw_task.bpf.h"

/* Packets of one bin that are asked who sends, and reads that are asked who reads. Most packets of
 * a bulk sender are clocked out by acknowledgements and can't tell. */
#define NW_ROLE_TRIES 4
/* Of a stream that one process sent all along, one packet of a bin is enough to see that it still
 * does: asking costs 1 us, a fifth of what a camera's packets cost. */
#define NW_ROLE_STEADY (8 * NW_ROLE_TRIES)

#define NW_SOCK_STREAM 1
#define NW_SOCK_DGRAM  2
#define NW_SOCK_RAW    3

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct nw_stream);
} nw_streams SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct nw_dgram);
} nw_dgrams SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct nw_far);
} nw_far_even SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct nw_far);
} nw_far_odd SEC(".maps") __weak;

static __always_inline bool nw_is_tcp(const struct bpf_sock *sk)
{
	return sk->type == NW_SOCK_STREAM && sk->protocol == IPPROTO_TCP;
}

/* What a map keeps for a socket, made when there is nothing yet. Of two CPUs that make it at once the
 * kernel refuses one (BPF_NOEXIST in bpf_sk_storage_get()), which then finds the other's. */
#define nw_sk_storage(map, sk)                                                            \
	({                                                                                \
		void *made = bpf_sk_storage_get(map, sk, 0, BPF_SK_STORAGE_GET_F_CREATE); \
		if (!made) {                                                              \
			made = bpf_sk_storage_get(map, sk, 0, 0);                         \
		}                                                                         \
		if (!made) {                                                              \
			nw_count(NW_LOSS_STORAGE);                                        \
		}                                                                         \
		made;                                                                     \
	})

/* State of a datagram or raw socket whose maker is running: in cgroup/sock_create and post_bind. */
static __always_inline struct nw_dgram *nw_dgram_create(struct bpf_sock *ctx)
{
	struct nw_dgram *v = nw_sk_storage(&nw_dgrams, ctx);

	if (!v) {
		return NULL;
	}
	if (v->id.cookie) {
		return v;
	}
	v->id.birth_ns = bpf_ktime_get_boot_ns();
	v->id.cookie = bpf_get_socket_cookie(ctx);
	v->id.proto = ctx->protocol;
	v->id.family = ctx->family == NW_AF_INET6 ? 6 : 4;
	v->id.netns = nw_current_netns();
	v->near[0].sender_tries = NW_ROLE_TRIES;
	v->id.reader_tries = NW_ROLE_TRIES;
	nw_creator(&v->id.owner, &v->id.uid);
	return v;
}

static __always_inline void nw_addr_set4(__u8 addr[16], __be32 v4)
{
	__u32 *w = (__u32 *)addr;

	w[0] = 0;
	w[1] = 0;
	w[2] = bpf_htonl(0xffff);
	w[3] = v4;
}

/* Both aligned to 8, or a packet's: as bytes, which memcpy() takes them for, it is 32 instructions. */
static __always_inline void nw_addr_copy(__u8 to[16], const void *from)
{
	const __u64 *f = from;
	__u64 *t = (__u64 *)to;

	t[0] = f[0];
	t[1] = f[1];
}

/*
 * A socket's last word and a ledger pass on another CPU may race for the ring. Who says the last
 * word sets the flag first and reserves then; the pass reserves first and looks then. So a report
 * that would stand behind the last word sees the flag and is dropped: nothing is counted twice.
 */
static __always_inline bool nw_is_stale(const volatile __u8 *flag, __u8 ended)
{
	barrier();
	return *flag == ended;
}

static __always_inline struct nw_ev_sock *nw_role_begin(const struct nw_proc_id *who, __u8 role,
							enum nw_hook hook)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));

	if (!e) {
		return NULL;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, hook, NW_SHAPE_SOCK, NW_SOCK_ROLE, sizeof(*e), bpf_ktime_get_boot_ns());
	e->sender = *who;
	e->state = role;
	return e;
}

/* A process beside the owner took part in a TCP socket. */
static __always_inline void nw_stream_tell_role(const struct nw_stream *v,
						const struct nw_proc_id *who, __u8 role,
						enum nw_hook hook)
{
	struct nw_ev_sock *e = nw_role_begin(who, role, hook);

	if (!e) {
		return;
	}
	e->cookie = v->cookie;
	e->owner = v->owner;
	e->uid = v->uid;
	e->birth_ns = v->birth_ns;
	e->t0_ns = v->seen_ns;
	e->flags = v->flags;
	e->proto = IPPROTO_TCP;
	nw_submit(e);
}

/* The same of a datagram socket: in all of its flows. */
static __always_inline void nw_dgram_tell_role(const struct nw_sock_id *id,
					       const struct nw_proc_id *who, __u8 role,
					       enum nw_hook hook)
{
	struct nw_ev_sock *e = nw_role_begin(who, role, hook);

	if (!e) {
		return;
	}
	e->cookie = id->cookie;
	e->owner = id->owner;
	e->uid = id->uid;
	e->flags = id->flags;
	e->proto = id->proto;
	e->slot = NW_SLOT_ALL;
	nw_submit(e);
}

/* Identity of a datagram socket, into an event. */
static __always_inline void nw_sock_put_id(struct nw_ev_sock *e, const struct nw_sock_id *id)
{
	e->cookie = id->cookie;
	e->owner = id->owner;
	e->sender = id->sender;
	e->uid = id->uid;
	e->netns = id->netns;
	e->flags = id->flags | (id->owner_read ? NW_SOCK_OWNER_READ : 0);
	e->lport_be = id->lport_be;
	e->proto = id->proto;
	e->family = id->family;
	e->state = 0;
	e->unacked = 0;
	e->unsent = 0;
}

static __always_inline void nw_sock_put_peer(struct nw_ev_sock *e, const struct nw_peer *p)
{
	nw_addr_copy(e->laddr, p->laddr);
	nw_addr_copy(e->raddr, p->raddr);
	e->rport_be = p->rport_be;
	e->birth_ns = p->birth_ns;
	e->t0_ns = p->seen_ns;
	e->t0_tx_bytes = p->seen_tx;
	e->t0_rx_bytes = p->seen_rx;
	e->tx_bytes = p->tx_bytes;
	e->tx_packets = p->tx_packets;
	e->rx_bytes = p->rx_bytes;
	e->rx_packets = p->rx_packets;
	e->slot = p->slot;
	e->ifindex = p->ifindex;
	e->flags |= p->flags;
}
