/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * skb_ingress: what reaches a socket.
 *
 * Kernel: BPF_CGROUP_RUN_PROG_INET_INGRESS in sk_filter_trim_cap(), net/core/filter.c, after
 * reassembly and GRO, before the socket's queue: a datagram dropped for lack of buffer was counted
 * here and stands in the socket's drops too. Context: softirq, or the process that reads or sends
 * over loopback; current says nothing about who will read.
 * Cannot see: what netfilter dropped; segments that complete a handshake (they belong to the
 * listener); packets for no socket.
 * Cost, net of an empty program: see `make bench`; the aim is 20 ns for TCP whose head is taken and
 * 30 ns for a datagram from the socket's first peer.
 */
#include "nw_dgram_packet.bpf.h"
#include "nw_stream.bpf.h"

__noinline int nw_skb_ingress_stream(struct __sk_buff *skb)
{
	return nw_stream_slow(skb, false, NW_HOOK_SKB_INGRESS);
}

__noinline int nw_skb_ingress_dgram(struct __sk_buff *skb)
{
	return nw_dgram_slow(skb, false, NW_HOOK_SKB_INGRESS);
}

SEC("cgroup_skb/ingress")
int nw_skb_ingress(struct __sk_buff *skb)
{
	if (!nw_stream_packet(skb, false, nw_skb_ingress_stream)) {
		nw_dgram_packet(skb, false, NW_HOOK_SKB_INGRESS, nw_skb_ingress_dgram);
	}
	return 1;
}
