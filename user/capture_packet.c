/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See capture_packet.h. Lengths are taken from the IP header and must agree with what the frame had
 * on the wire; a frame's padding is not payload. An IP length of 0 (the sender's card cut the
 * packet after it was captured) is the rest of the frame.
 */
#include "capture_packet.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <pcap/dlt.h>

#include "sadp_wire.h"
#include "util/macro.h"

enum {
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_QINQ_OLD = 0x9100,
	VLAN_TAGS_MAX = 4,
	SLL_PROTO_AT = 14, /* "Linux cooked": 16 bytes, the last two are the protocol */
	SLL2_BYTES = 20,   /* of the second version the first two */
	IP6_HEADERS_MAX = 16,
	IP4_MORE_OR_OFFSET = 0x3fff,
	IP6_MORE_OR_OFFSET = 0xfff9,
	/* AF_INET6 of the systems that write "null" and "loop" frames: Linux, BSDs, macOS */
	AF6_LINUX = 10,
	AF6_NETBSD = 24,
	AF6_FREEBSD = 28,
	AF6_DARWIN = 30,
};

bool nw_packet_knows_link(int link_type)
{
	switch (link_type) {
	case DLT_EN10MB:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_NULL:
	case DLT_LOOP:
		return true;
	default:
		return false;
	}
}

/* ---- the link -------------------------------------------------------------------------------- */

static bool skip_tags(struct nw_span *s, uint16_t *type)
{
	for (int i = 0; i < VLAN_TAGS_MAX; i++) {
		if (*type != ETHERTYPE_VLAN && *type != ETHERTYPE_QINQ &&
		    *type != ETHERTYPE_QINQ_OLD) {
			return true;
		}
		if (!nw_span_skip(s, 2) || !nw_span_be16(s, type)) {
			return false;
		}
	}
	return true;
}

/* The family stands in the byte order of the machine that captured. */
static uint16_t type_of_family(uint32_t family)
{
	if (family > UINT16_MAX) {
		family = __builtin_bswap32(family);
	}
	switch (family) {
	case AF_INET:
		return ETHERTYPE_IP;
	case AF6_LINUX:
	case AF6_NETBSD:
	case AF6_FREEBSD:
	case AF6_DARWIN:
		return ETHERTYPE_IPV6;
	default:
		return 0;
	}
}

/* To the network header: its Ethernet type, or 0 where only the IP header itself tells. */
static bool link_header(int link_type, struct nw_span *s, uint16_t *type)
{
	uint32_t family;
	struct nw_span rest;

	switch (link_type) {
	case DLT_EN10MB:
		return nw_span_skip(s, (size_t)2 * ETHER_ADDR_LEN) && nw_span_be16(s, type) &&
		       skip_tags(s, type);
	case DLT_LINUX_SLL:
		return nw_span_skip(s, SLL_PROTO_AT) && nw_span_be16(s, type) && skip_tags(s, type);
	case DLT_LINUX_SLL2:
		rest = *s;
		return nw_span_be16(&rest, type) && nw_span_skip(s, SLL2_BYTES) &&
		       skip_tags(s, type);
	case DLT_NULL:
	case DLT_LOOP:
		if (!nw_span_be32(s, &family)) {
			return false;
		}
		*type = type_of_family(family);
		return true;
	default:
		if (!nw_span_left(s)) {
			return false;
		}
		*type = s->p[0] >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP;
		return true;
	}
}

/* ---- the network ----------------------------------------------------------------------------- */

static void set_ends4(struct nw_packet *p, const uint8_t *from, const uint8_t *to)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(p->saddr, mapped, sizeof(mapped));
	memcpy(p->daddr, mapped, sizeof(mapped));
	memcpy(p->saddr + sizeof(mapped), from, 4);
	memcpy(p->daddr + sizeof(mapped), to, 4);
	p->family = 4;
}

/* wire: in, what the frame has from here on; out, what the packet has behind its IP headers. */
static enum nw_packet_kind ip4(struct nw_span *s, uint32_t *wire, struct nw_packet *p)
{
	uint8_t h[20];
	uint32_t header;
	uint32_t total;

	if (!nw_span_copy(s, h, sizeof(h))) {
		return *wire < sizeof(h) ? NW_PACKET_BAD : NW_PACKET_SHORT;
	}
	header = (h[0] & 15U) * 4;
	total = (uint32_t)h[2] << 8 | h[3];
	total = total ? total : *wire;
	if (h[0] >> 4 != 4 || header < sizeof(h) || total < header || total > *wire) {
		return NW_PACKET_BAD;
	}
	if (((uint32_t)h[6] << 8 | h[7]) & IP4_MORE_OR_OFFSET) {
		return NW_PACKET_FRAGMENT;
	}
	if (!nw_span_skip(s, header - sizeof(h))) {
		return NW_PACKET_SHORT;
	}
	set_ends4(p, h + 12, h + 16);
	p->proto = h[9];
	*wire = total - header;
	return NW_PACKET_OK;
}

/* One extension header; *next becomes what follows it. */
static enum nw_packet_kind ip6_extension(struct nw_span *s, uint32_t *wire, uint8_t *next)
{
	uint8_t kind = *next;
	uint8_t h[4];
	uint32_t len;

	if (!nw_span_copy(s, h, sizeof(h))) {
		return *wire < sizeof(h) ? NW_PACKET_BAD : NW_PACKET_SHORT;
	}
	if (kind == IPPROTO_FRAGMENT) {
		if (((uint32_t)h[2] << 8 | h[3]) & IP6_MORE_OR_OFFSET) {
			return NW_PACKET_FRAGMENT;
		}
		len = 8;
	} else if (kind == IPPROTO_AH) {
		len = (h[1] + 2U) * 4;
	} else {
		len = (h[1] + 1U) * 8;
	}
	if (len > *wire) {
		return NW_PACKET_BAD;
	}
	*next = h[0];
	*wire -= len;
	/* len is 8 at least */
	return nw_span_skip(s, len - sizeof(h)) ? NW_PACKET_OK : NW_PACKET_SHORT;
}

static bool is_ip6_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_AH || next == IPPROTO_DSTOPTS || next == IPPROTO_MH;
}

static enum nw_packet_kind ip6(struct nw_span *s, uint32_t *wire, struct nw_packet *p)
{
	uint8_t h[40];
	uint32_t payload;
	uint8_t next;

	if (!nw_span_copy(s, h, sizeof(h))) {
		return *wire < sizeof(h) ? NW_PACKET_BAD : NW_PACKET_SHORT;
	}
	*wire -= (uint32_t)sizeof(h);
	payload = (uint32_t)h[4] << 8 | h[5];
	payload = payload ? payload : *wire;
	if (h[0] >> 4 != 6 || payload > *wire) {
		return NW_PACKET_BAD;
	}
	memcpy(p->saddr, h + 8, 16);
	memcpy(p->daddr, h + 24, 16);
	p->family = 6;
	next = h[6];
	*wire = payload;
	for (int i = 0; i < IP6_HEADERS_MAX && is_ip6_extension(next); i++) {
		enum nw_packet_kind kind = ip6_extension(s, wire, &next);

		if (kind != NW_PACKET_OK) {
			return kind;
		}
	}
	p->proto = next;
	return is_ip6_extension(next) ? NW_PACKET_BAD : NW_PACKET_OK;
}

/* Padding is counted: newer devices send more than their 8 bits of length can say. */
static enum nw_packet_kind sadp(const struct nw_span *s, uint32_t wire, struct nw_packet *p)
{
	if (nw_span_left(s) < NW_SADP_HEADER && wire >= NW_SADP_HEADER) {
		return NW_PACKET_SHORT;
	}
	if (!nw_sadp_fits(*s)) {
		return NW_PACKET_OTHER;
	}
	set_ends4(p, s->p + NW_SADP_IP, s->p + NW_SADP_TO_IP);
	p->proto = NW_ETHERTYPE_SADP;
	return NW_PACKET_OK;
}

/* ---- the transport --------------------------------------------------------------------------- */

static enum nw_packet_kind tcp(struct nw_span *s, uint32_t *wire, struct nw_packet *p)
{
	uint8_t h[20];
	struct nw_span rest = nw_span_of(h, sizeof(h));
	uint32_t header;

	if (!nw_span_copy(s, h, sizeof(h))) {
		return *wire < sizeof(h) ? NW_PACKET_BAD : NW_PACKET_SHORT;
	}
	(void)(nw_span_be16(&rest, &p->sport) && nw_span_be16(&rest, &p->dport) &&
	       nw_span_be32(&rest, &p->seq) && nw_span_be32(&rest, &p->ack));
	header = (h[12] >> 4) * 4U;
	p->tcp_flags = h[13];
	if (header < sizeof(h) || header > *wire) {
		return NW_PACKET_BAD;
	}
	*wire -= header;
	header -= (uint32_t)sizeof(h);
	(void)nw_span_skip(s, NW_MIN((size_t)header, nw_span_left(s))); /* options may be cut off */
	return NW_PACKET_OK;
}

static enum nw_packet_kind udp(struct nw_span *s, uint32_t *wire, struct nw_packet *p)
{
	if (*wire < 8) {
		return NW_PACKET_BAD;
	}
	*wire -= 8;
	return nw_span_be16(s, &p->sport) && nw_span_be16(s, &p->dport) && nw_span_skip(s, 4)
		       ? NW_PACKET_OK
		       : NW_PACKET_SHORT;
}

static enum nw_packet_kind transport(struct nw_span *s, uint32_t *wire, struct nw_packet *p)
{
	/* padding is no part of it */
	s->end = s->p + NW_MIN(nw_span_left(s), (size_t)*wire);
	switch (p->proto) {
	case IPPROTO_TCP:
		return tcp(s, wire, p);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return udp(s, wire, p);
	default:
		return NW_PACKET_OK;
	}
}

enum nw_packet_kind nw_packet_parse(int link_type, struct nw_span frame, uint32_t wire_len,
				    struct nw_packet *ret)
{
	struct nw_packet p = { .sport = 0 };
	struct nw_span s = frame;
	enum nw_packet_kind kind;
	uint32_t wire = wire_len;
	uint16_t type = 0;

	if (nw_span_left(&frame) > wire_len) {
		return NW_PACKET_BAD;
	}
	if (!link_header(link_type, &s, &type)) {
		return NW_PACKET_SHORT;
	}
	wire -= (uint32_t)(s.p - frame.p);
	if (type == NW_ETHERTYPE_SADP) {
		kind = sadp(&s, wire, &p);
	} else if (type == ETHERTYPE_IP || type == ETHERTYPE_IPV6) {
		kind = type == ETHERTYPE_IP ? ip4(&s, &wire, &p) : ip6(&s, &wire, &p);
	} else {
		return NW_PACKET_OTHER;
	}
	if (kind == NW_PACKET_OK) {
		kind = transport(&s, &wire, &p);
	}
	if (kind == NW_PACKET_OK) {
		p.wire_len = wire;
		p.data = s;
		*ret = p;
	}
	return kind;
}
