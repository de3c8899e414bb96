/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets -> the events that hooks would have made of them: heads by position in the stream, a
 * periodic measure of what changed, the last word of each flow. What began the flow stands where a
 * host's own end does (NW_SOCK_FORWARDED: no socket of this host), and nobody owns it.
 */
#pragma once

#include "capture_packet.h"
#include "event.h"

/* What could not be told, by cause. */
struct nw_capture_counts {
	uint64_t packets;
	uint64_t others;    /* neither IPv4 nor IPv6, nor SADP on Ethernet alone */
	uint64_t fragments; /* left out */
	uint64_t bad;
	uint64_t shorts;
	uint64_t
		backwards; /* time stood before an earlier packet's, or is none: taken as that one's */
	uint64_t
		no_start; /* TCP connections whose beginning is not in the capture: without heads */
	uint64_t strays;  /* TCP segments far outside the connection's window, or after its end */
	uint64_t missing; /* bytes of TCP that the capture lacks, though later ones are there */
	uint64_t evicted; /* flows that found no room; told before they went */
	uint64_t heads;	  /* that were cut short by the capture, or could not be put in order */
};

struct nw_capture_flows;

typedef void (*nw_capture_feed_fn)(void *ctx, const void *data, size_t len);

NW_MUST_CHECK int nw_capture_flows_new(uint32_t capacity, bool has_heads, nw_capture_feed_fn feed,
				       void *ctx, struct nw_capture_counts *counts,
				       struct nw_capture_flows **ret);
void nw_capture_flows_free(struct nw_capture_flows *t);
void nw_capture_flows_packet(struct nw_capture_flows *t, const struct nw_packet *pkt,
			     uint64_t now_ns);
/* The ledger's look, before each tick. */
void nw_capture_flows_look(struct nw_capture_flows *t, uint64_t now_ns);
/* Also what moved nothing is told; what is open stays open. */
void nw_capture_flows_end(struct nw_capture_flows *t, uint64_t now_ns);
