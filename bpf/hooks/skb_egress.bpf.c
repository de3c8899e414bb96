/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * skb_egress: what leaves a socket.
 *
 * Kernel: BPF_CGROUP_RUN_PROG_INET_EGRESS in ip_finish_output() and ip6_finish_output(), before
 * fragmentation and after GSO was put off, so a packet here is what the socket handed to IP.
 * Context: the sending process, or softirq when an acknowledgement or timer clocks data out.
 * Cannot see: forwarded packets (no socket), SYN-ACKs (request socket), packet sockets, and packets
 * that netfilter's output chain dropped before.
 * Cost, net of an empty program: see `make bench`; the aim is 30 ns for TCP whose head is taken and
 * 30 ns for a datagram to the socket's first peer.
 */
#include "nw_dgram_packet.bpf.h"
#include "nw_stream.bpf.h"

__noinline int nw_skb_egress_stream(struct __sk_buff *skb)
{
	return nw_stream_slow(skb, true, NW_HOOK_SKB_EGRESS);
}

__noinline int nw_skb_egress_dgram(struct __sk_buff *skb)
{
	return nw_dgram_slow(skb, true, NW_HOOK_SKB_EGRESS);
}

SEC("cgroup_skb/egress")
int nw_skb_egress(struct __sk_buff *skb)
{
	if (!nw_stream_packet(skb, true, nw_skb_egress_stream)) {
		nw_dgram_packet(skb, true, NW_HOOK_SKB_EGRESS, nw_skb_egress_dgram);
	}
	return 1;
}
