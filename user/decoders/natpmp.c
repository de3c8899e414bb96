/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a router is asked to open to the outside: NAT-PMP (RFC 6886) and PCP (RFC 6887 with the
 * options of 6887 13.1 and 7220) over UDP. The port outside is told as the router grants it, all
 * else as it is asked for.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "util/text.h"

enum {
	PORT_SERVER = 5351,
	PORT_CLIENT = 5350, /* announcements go there */
	RESPONSE = 0x80
};

/* NAT-PMP is version 0. */
enum {
	ADDRESS = 0,
	MAP_UDP = 1,
	MAP_TCP = 2
};

/* PCP */
enum {
	VERSION_PCP = 2,
	ANNOUNCE = 0,
	MAP = 1,
	PEER = 2,
	RESULT_LAST = 13,
	HEADER_BYTES = 24,
	MESSAGE_MAX = 1100,
	NONCE_BYTES = 12,
	MAP_BYTES = 36,
	PEER_BYTES = 56,
	OPTION_THIRD_PARTY = 1,
	OPTION_DESCRIPTION = 128,
	OPTIONS_MAX = 16,
};

static bool is_zero(const uint8_t *p, size_t len)
{
	uint8_t any = 0;

	while (len > 0) {
		any |= p[--len];
	}
	return any == 0;
}

/* Each kind of message has one length, and few bits that are free: too few to speak for itself. */
static bool is_natpmp(const uint8_t *p, size_t len)
{
	if (len < 2 || p[0] != 0) {
		return false;
	}
	switch (p[1]) {
	case ADDRESS:
		return len == 2;
	case MAP_UDP:
	case MAP_TCP:
		return len == 12 && p[2] == 0 && p[3] == 0;
	case RESPONSE | ADDRESS:
		return len == 12 && p[2] == 0;
	case RESPONSE | MAP_UDP:
	case RESPONSE | MAP_TCP:
		return len == 16 && p[2] == 0;
	default:
		return false;
	}
}

static bool is_mapped_v4(const uint8_t *addr)
{
	return is_zero(addr, 10) && addr[10] == 0xff && addr[11] == 0xff;
}

/* A whole message of PCP, and do its zeros speak for it without the port? */
static bool is_pcp(const uint8_t *p, size_t len, bool *ret_is_strong)
{
	static const uint8_t bytes[] = { [ANNOUNCE] = 0, [MAP] = MAP_BYTES, [PEER] = PEER_BYTES };

	if (len < HEADER_BYTES || len > MESSAGE_MAX || len % 4 || p[0] != VERSION_PCP ||
	    (p[1] & ~RESPONSE) > PEER || p[2] != 0) {
		return false;
	}
	if (p[1] & RESPONSE) {
		/* an error may come with the header alone */
		if (p[3] > RESULT_LAST ||
		    (p[3] == 0 && len < HEADER_BYTES + (size_t)bytes[p[1] & ~RESPONSE])) {
			return false;
		}
		*ret_is_strong = p[1] != RESPONSE && is_zero(p + 12, 12) &&
				 len >= HEADER_BYTES + (size_t)bytes[p[1] & ~RESPONSE];
		return true;
	}
	if (p[3] != 0 || len < HEADER_BYTES + (size_t)bytes[p[1]]) {
		return false;
	}
	*ret_is_strong = p[1] != ANNOUNCE && is_mapped_v4(p + 8) &&
			 is_zero(p + HEADER_BYTES + NONCE_BYTES + 1, 3);
	return true;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	bool is_strong = false;

	if (head->wire_len > head->len) {
		return NW_BASIS_NONE;
	}
	if (!is_pcp(head->data, head->len, &is_strong) && !is_natpmp(head->data, head->len)) {
		return NW_BASIS_NONE;
	}
	if (is_strong) {
		return NW_BASIS_CONTENT;
	}
	return nw_head_has_port(head, PORT_SERVER) || nw_head_has_port(head, PORT_CLIENT)
		       ? NW_BASIS_PORT
		       : NW_BASIS_NONE;
}

static void add_transport(struct nw_facts *facts, unsigned proto)
{
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP) {
		nw_facts_add_text(facts, NW_ATTR_PORTMAP_TRANSPORT,
				  proto == IPPROTO_TCP ? "tcp" : "udp", 3);
	}
}

/* What is asked for, and of an answer the port that is open. Ports of 0: the router may choose. */
static void add_map(struct nw_facts *facts, bool is_answer, uint16_t internal, uint16_t external,
		    uint32_t lifetime)
{
	if (internal) {
		nw_facts_add_u64(facts, NW_ATTR_PORTMAP_INTERNAL_PORT, internal);
	}
	if (is_answer && external) {
		nw_facts_add_u64(facts, NW_ATTR_PORTMAP_EXTERNAL_PORT, external);
	}
	if (!is_answer) {
		nw_facts_add_text(facts, NW_ATTR_PORTMAP_ACTION, lifetime ? "open" : "close",
				  lifetime ? 4 : 5);
		nw_facts_add_u64(facts, NW_ATTR_PORTMAP_LIFETIME, lifetime);
	}
}

static int read_natpmp(struct nw_span s, struct nw_facts *facts)
{
	uint16_t internal;
	uint16_t external;
	uint32_t lifetime;
	bool is_answer = s.p[1] & RESPONSE;
	unsigned op = s.p[1] & ~RESPONSE;

	facts->protocol = "natpmp";
	if (op == ADDRESS || (is_answer && s.p[3] != 0)) {
		return 0;
	}
	/* an answer has the router's clock before the ports */
	if (!nw_span_skip(&s, is_answer ? 8 : 4) || !nw_span_be16(&s, &internal) ||
	    !nw_span_be16(&s, &external) || !nw_span_be32(&s, &lifetime)) {
		return -EBADMSG;
	}
	add_transport(facts, op == MAP_TCP ? IPPROTO_TCP : IPPROTO_UDP);
	add_map(facts, is_answer, internal, external, lifetime);
	return 0;
}

static void add_client(struct nw_facts *facts, const uint8_t addr[16])
{
	char text[NW_ADDR_TEXT];

	nw_facts_add_text(facts, NW_ATTR_PORTMAP_CLIENT, text, nw_addr_text(text, addr));
}

/* Who asks for somebody else says so, and may say why. */
static int read_options(struct nw_span s, const uint8_t *client, struct nw_facts *facts)
{
	struct nw_span value;
	uint8_t code;
	uint16_t len;

	for (unsigned i = 0; i < OPTIONS_MAX && nw_span_left(&s); i++) {
		if (!nw_span_u8(&s, &code) || !nw_span_skip(&s, 1) || !nw_span_be16(&s, &len) ||
		    !nw_span_cut(&s, len, &value) || !nw_span_skip(&s, (4U - len % 4U) % 4U)) {
			return -EBADMSG;
		}
		if (code == OPTION_THIRD_PARTY && len == 16) {
			client = value.p;
		} else if (code == OPTION_DESCRIPTION) {
			nw_facts_add(facts, NW_ATTR_PORTMAP_DESCRIPTION, value);
		}
	}
	if (client) {
		add_client(facts, client);
	}
	return 0;
}

static int read_pcp(struct nw_span s, struct nw_facts *facts)
{
	const uint8_t *p = s.p;
	bool is_answer = p[1] & RESPONSE;
	unsigned op = p[1] & ~RESPONSE;
	uint16_t internal;
	uint16_t external;
	uint32_t lifetime;
	uint8_t proto;

	facts->protocol = "pcp";
	if (op == ANNOUNCE || (is_answer && p[3] != 0)) {
		return 0;
	}
	if (!nw_span_skip(&s, 4) || !nw_span_be32(&s, &lifetime) ||
	    !nw_span_skip(&s, 16 + NONCE_BYTES) || !nw_span_u8(&s, &proto) ||
	    !nw_span_skip(&s, 3) || !nw_span_be16(&s, &internal) || !nw_span_be16(&s, &external) ||
	    !nw_span_skip(&s, op == MAP ? 16 : 16 + PEER_BYTES - MAP_BYTES)) {
		return -EBADMSG;
	}
	add_transport(facts, proto);
	add_map(facts, is_answer, internal, external, lifetime);
	return read_options(s, is_answer ? NULL : p + 8, facts);
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	bool is_strong;

	if (is_natpmp(head->data, head->len)) {
		return read_natpmp(nw_span_of(head->data, head->len), facts);
	}
	return is_pcp(head->data, head->len, &is_strong)
		       ? read_pcp(nw_span_of(head->data, head->len), facts)
		       : -EBADMSG;
}

const struct nw_decoder nw_decoder_natpmp = {
	.name = "natpmp",
	.doc = "ports that a router is asked to open, by NAT-PMP and PCP",
	.over = NW_OVER_UDP,
	.begins = NW_BEGINS({ 0, 0 }, { VERSION_PCP, VERSION_PCP }),
	.claims = claims,
	.decode = decode,
};
