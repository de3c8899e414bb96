/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_link: what packet sockets sent and what was forwarded since the last look.
 *
 * Kernel: iter/bpf_map_elem over nw_frames and nw_forwards, kernel/bpf/hashtab.c: element by
 * element under RCU; the current one may be deleted. Context: user space read()s the pinned link.
 * A socket that net_scan's last look did not see is gone: its last frames and its end are told. A
 * forwarded conversation is over after a silence, a short one when TCP closed it: nobody else tells.
 * __alt, where iterators over maps are refused: iter/bpf_map, whose first call walks both tables with
 * bpf_for_each_map_elem() (5.13 on), and whose others return at once.
 * Cannot see: frames after this look of a socket that ends before the next one of net_scan (they are
 * told with its end).
 * Cost: ~0.3 us for each that changed, 40 us for the table of forwards; read only while dev_queue is on.
 */
#include "nw_link.bpf.h"

#define NW_FORWARD_IDLE_NS 60000000000ULL
#define NW_FORWARD_OVER_NS 2000000000ULL

/* False: no room, it is told at the next look. */
static __always_inline bool tell_frames(struct nw_frames *v, __u64 inode, enum nw_sock_what what)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));

	if (!e) {
		return false;
	}
	nw_frames_fill(e, v, inode, NW_HOOK_LEDGER_LINK, what);
	if (what == NW_SOCK_CLOSE) {
		e->slot = NW_SLOT_ALL;
	}
	v->seen_tx = e->tx_bytes; /* what was told, not what the counters say by now */
	v->seen_packets = e->tx_packets;
	v->seen_ns = e->ev.ts_ns;
	nw_submit(e);
	return true;
}

static __always_inline void look_at_frames(struct nw_frames *v, __u64 inode)
{
	if (v->tx_packets != v->seen_packets && !tell_frames(v, inode, NW_SOCK_BIN)) {
		return;
	}
	if ((__s32)(nw_net_scan_pass - v->pass) > 0 &&
	    (!v->is_told || tell_frames(v, inode, NW_SOCK_CLOSE))) {
		bpf_map_delete_elem(&nw_frames, &inode);
	}
}

SEC("iter/bpf_map_elem")
int nw_ledger_link(struct bpf_iter__bpf_map_elem *ctx)
{
	struct nw_frames *v = ctx->value; /* 5.10 takes one load of each */
	__u64 *key = ctx->key;

	if (v && key) {
		look_at_frames(v, *key);
	}
	return 0;
}

static __always_inline bool tell_forward(const struct nw_forward_key *k, struct nw_forward *v,
					 enum nw_sock_what what, __u64 now)
{
	struct nw_ev_sock *e = nw_reserve(sizeof(*e));
	bool by_second = v->began;

	if (!e) {
		return false;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_LEDGER_LINK, NW_SHAPE_SOCK, what, sizeof(*e), now);
	e->cookie = NW_COOKIE_FORWARD | v->birth_ns;
	e->slot = v->slot;
	e->birth_ns = v->birth_ns;
	e->t0_ns = v->seen_ns;
	nw_addr_copy(e->laddr, by_second ? k->addr[1] : k->addr[0]);
	nw_addr_copy(e->raddr, by_second ? k->addr[0] : k->addr[1]);
	e->lport_be = by_second ? k->port_be[1] : k->port_be[0];
	e->rport_be = by_second ? k->port_be[0] : k->port_be[1];
	e->t0_tx_bytes = by_second ? v->seen_bytes[1] : v->seen_bytes[0];
	e->t0_rx_bytes = by_second ? v->seen_bytes[0] : v->seen_bytes[1];
	v->seen_bytes[0] = v->bytes[0];
	v->seen_bytes[1] = v->bytes[1];
	e->tx_bytes = by_second ? v->seen_bytes[1] : v->seen_bytes[0];
	e->rx_bytes = by_second ? v->seen_bytes[0] : v->seen_bytes[1];
	e->tx_packets = by_second ? v->packets[1] : v->packets[0];
	e->rx_packets = by_second ? v->packets[0] : v->packets[1];
	e->netns = k->netns;
	e->ifindex = v->ifindex;
	e->proto = k->proto;
	e->flags = NW_SOCK_FORWARDED | NW_SOCK_NO_OWNER | NW_SOCK_TX_FIRST;
	if (v->is_sure) {
		e->flags |= NW_SOCK_CONNECTED;
	}
	e->family = *(__u64 *)k->addr[0] == 0 && *(__u32 *)(k->addr[0] + 8) == bpf_htonl(0xffff)
			    ? 4
			    : 6;
	v->seen_packets = e->tx_packets + e->rx_packets;
	v->seen_ns = now;
	nw_submit(e);
	return true;
}

static __always_inline void look_at_forward(const struct nw_forward_key *key, struct nw_forward *v)
{
	__u64 now = bpf_ktime_get_boot_ns();
	struct nw_forward_key k;
	__u64 quiet;

	if (v->packets[0] + v->packets[1] != v->seen_packets) {
		tell_forward(key, v, NW_SOCK_BIN, now);
		return;
	}
	quiet = v->is_over ? NW_FORWARD_OVER_NS : NW_FORWARD_IDLE_NS;
	if (now - v->seen_ns > quiet && tell_forward(key, v, NW_SOCK_CLOSE, now)) {
		k = *key;
		bpf_map_delete_elem(&nw_forwards, &k);
	}
}

SEC("iter/bpf_map_elem")
int nw_ledger_link_forwards(struct bpf_iter__bpf_map_elem *ctx)
{
	const struct nw_forward_key *key = ctx->key;
	struct nw_forward *v = ctx->value;

	if (v && key) {
		look_at_forward(key, v);
	}
	return 0;
}

static bool had_forwards; /* the table is large: walked once something was forwarded */

static long each_frames(struct bpf_map *map, __u64 *inode, struct nw_frames *v, void *ctx)
{
	look_at_frames(v, *inode);
	return 0;
}

static long each_forward(struct bpf_map *map, struct nw_forward_key *key, struct nw_forward *v,
			 void *ctx)
{
	look_at_forward(key, v);
	return 0;
}

SEC("iter/bpf_map")
int nw_ledger_link__alt(struct bpf_iter__bpf_map *ctx)
{
	if (ctx->meta->seq_num) {
		return 0;
	}
	bpf_for_each_map_elem(&nw_frames, each_frames, NULL, 0);
	if (nw_link_need & NW_NEED_FORWARDS) {
		had_forwards = true;
	}
	if (had_forwards) {
		bpf_for_each_map_elem(&nw_forwards, each_forward, NULL, 0);
	}
	return 0;
}
