/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * State that lives with the kernel's sockets: the values of the BPF programs' storages. The programs
 * fill them; user space writes one only for a socket that was open before the start. Units, clocks
 * and byte order as in nw_event.h.
 */
#pragma once

#include "nw_event.h"

/*
 * In the kernel a value stands 8 bytes into a cache line, behind the pointer by which it is found
 * (struct bpf_local_storage_data, include/linux/bpf_local_storage.h): what each packet reads is in
 * the first 56 bytes, so the look-up has already fetched it.
 */

/* Value of map nw_streams, one for each TCP socket. User space writes it only for sockets that
 * were open before the start. Fields that egress and ingress write are apart: no locks. */
struct nw_stream {
	__u8 tx_quiet; /* nothing left to do for packets of this direction: the hot path's only test */
	__u8 rx_quiet;
	__u8 tx_head_done;
	__u8 ready;   /* identity is set; a clone of a listener starts without */
	__u32 flags;  /* NW_SOCK_* */
	__u32 looked; /* the ledger's last look that came by: see bpf/nw_ledger.bpf.h */
	__u32 netns;
	__u64 cookie;
	struct nw_proc_id owner;
	struct nw_proc_id sender;
	struct nw_proc_id receiver; /* last process told to read, not the owner */
	__u64 birth_ns;
	__u64 seen_ns; /* when the ledger last reported, and what */
	__u64 seen_tx;
	__u64 seen_rx;
	__u32 uid;
	__u32 ifindex;
	__u16 tx_next; /* stream position of the next byte of head wanted, and where the head ends */
	__u16 tx_end;
	__u16 rx_next;
	__u16 rx_end;
	__u8 sender_tries; /* packets that may still be asked who sends, this bin */
	__u8 reader_tries; /* changes of reader that are still looked at, this bin */
	__u8 owner_read;
	__u8 steady;	   /* packets in a row that the same process sent, as far as counted */
	__u32 reader_tgid; /* who read last; 0 = to be asked */
};
static_assert(sizeof(struct nw_stream) == 128, "ABI");

/* One peer of a datagram, ICMP or raw socket. */
struct nw_peer {
	__u8 raddr[16];
	__be16 rport_be;
	__u8 ready;
	__u8 tx_heads; /* heads still wanted; of DNS always */
	__u8 rx_heads;
	__u8 flags;	   /* NW_SOCK_TX_FIRST */
	__u8 sender_tries; /* of a socket's first peer: datagrams of all that may still be asked who
			    * sends, this bin; here, where each packet has looked already */
	__u8 idle;	   /* ledger passes without traffic */
	__u64 tx_bytes;
	__u64 tx_packets;
	__u64 rx_bytes;
	__u64 rx_packets;
	__u64 claim; /* 0 = free; who counts it up to 1 owns it */
	__u8 laddr[16];
	__u64 birth_ns;
	__u64 seen_packets; /* tx + rx when the ledger last reported */
	__u64 seen_ns;
	__u64 seen_tx;
	__u64 seen_rx;
	__u32 slot;
	__u32 ifindex;
};
static_assert(sizeof(struct nw_peer) == 128, "ABI");

#define NW_PEERS_NEAR 4 /* in the socket's own storage */
/* In each of two more storages, made when the near ones are taken. From 7.x on a storage's value
 * must fit KMALLOC_MAX_CACHE_SIZE (8 KiB, mm/slab: kmalloc_nolock()), with the kernel's header. */
#define NW_PEERS_FAR 60

struct nw_sock_id {
	__u64 cookie;
	struct nw_proc_id owner;
	struct nw_proc_id sender;
	struct nw_proc_id receiver; /* last process told to read, not the owner */
	__u64 birth_ns;
	__u32 uid;
	__u32 netns;
	__u32 flags; /* NW_SOCK_* */
	__u16 proto;
	__be16 lport_be;
	__u8 family;
	__u8 closed;	   /* the last word is being said: see nw_is_stale() */
	__u8 reader_tries; /* changes of reader that are still looked at, this bin */
	__u8 owner_read;
	__u8 pad[4];
	__u32 reader_tgid; /* who read last; 0 = to be asked */
	__u32 looked;	   /* the ledger's last look that came by: see bpf/nw_ledger.bpf.h */
};
static_assert(sizeof(struct nw_sock_id) == 96, "ABI");

/* Value of map nw_dgrams, one for each socket that is not TCP. */
struct nw_dgram {
	struct nw_peer near[NW_PEERS_NEAR];
	struct nw_sock_id id;
	struct nw_peer other; /* peers that found no slot */
	__u8 is_used;	      /* a peer found a slot */
	__u8 has_far;
	__u8 pad[6];
};

/* Value of maps nw_far_even and nw_far_odd, only for sockets with more than NW_PEERS_NEAR peers. */
struct nw_far {
	struct nw_sock_id id;
	struct nw_peer peer[NW_PEERS_FAR];
};
static_assert(sizeof(struct nw_far) <= 8192 - 256, "storage");
