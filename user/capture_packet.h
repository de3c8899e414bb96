/* SPDX-License-Identifier: Apache-2.0 */
/* One captured frame -> where its addresses, ports and payload are. Owns nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/span.h"

enum nw_packet_kind {
	NW_PACKET_OK,
	NW_PACKET_OTHER,    /* neither IPv4 nor IPv6, nor SADP on Ethernet alone */
	NW_PACKET_FRAGMENT, /* of an IP packet: ports and payload of the whole are not known */
	NW_PACKET_BAD,	    /* its own lengths contradict each other or the frame's */
	NW_PACKET_SHORT,    /* the capture kept too little of it to know whose it is */
};

/* TCP's flags, as on the wire. */
#define NW_TCP_FIN 0x01
#define NW_TCP_SYN 0x02
#define NW_TCP_RST 0x04
#define NW_TCP_ACK 0x10

struct nw_packet {
	uint8_t saddr[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t daddr[16];
	uint16_t sport; /* 0 where the protocol has none */
	uint16_t dport;
	uint8_t family; /* 4 or 6 */
	uint16_t proto; /* IPPROTO_*, or NW_ETHERTYPE_SADP: what the frame says are its addresses */
	uint8_t tcp_flags;
	uint32_t seq;
	uint32_t ack;
	uint32_t wire_len;   /* of the payload as it was sent */
	struct nw_span data; /* as much of it as the capture has */
};

/* What nw_packet_parse() knows; the numbers are those of files (tcpdump.org/linktypes.html). */
bool nw_packet_knows_link(int link_type);

/* frame: what the capture kept of wire_len bytes. ret is set for NW_PACKET_OK only. */
enum nw_packet_kind nw_packet_parse(int link_type, struct nw_span frame, uint32_t wire_len,
				    struct nw_packet *ret);
