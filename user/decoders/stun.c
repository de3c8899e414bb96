/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STUN and TURN over UDP and TCP: RFC 8489, 8656, 6062, and STUN without the magic cookie as in RFC
 * 3489. Which addresses a server sees, relays and is told to send to; never user or nonce. Data in
 * channels has no form of its own and is left. Over TCP all messages of the head are read.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "util/macro.h"
#include "util/text.h"

#define COOKIE	  0x2112a442
#define PORT_STUN 3478

enum {
	HEADER_BYTES = 20,
	ID_BYTES = 16, /* cookie included */
	MESSAGES_MAX = 16,
	ENDPOINT_TEXT = NW_ADDR_TEXT + 8
};

enum {
	CLASS_REQUEST,
	CLASS_INDICATION,
	CLASS_SUCCESS,
	CLASS_ERROR
};

enum {
	METHOD_BINDING = 1,
	METHOD_SHARED_SECRET = 2
};

enum {
	MAPPED_ADDRESS = 0x01,
	RESPONSE_ADDRESS = 0x02,
	CHANGE_REQUEST = 0x03,
	SOURCE_ADDRESS = 0x04,
	CHANGED_ADDRESS = 0x05,
	USERNAME = 0x06,
	PASSWORD = 0x07,
	INTEGRITY = 0x08,
	ERROR_CODE = 0x09,
	UNKNOWN_ATTRIBUTES = 0x0a,
	REFLECTED_FROM = 0x0b,
	XOR_PEER_ADDRESS = 0x12,
	ATTRIBUTE_REALM = 0x14,
	XOR_RELAYED_ADDRESS = 0x16,
	XOR_MAPPED_ADDRESS = 0x20,
	OPTIONAL = 0x8000, /* who does not know it goes on */
	SOFTWARE = 0x8022,
};

struct message {
	unsigned method;
	unsigned class;
	bool has_cookie;
	bool is_whole;
	uint8_t id[ID_BYTES];
	struct nw_span attributes; /* what of them is here */
};

/* RFC 8489 5: the class stands in two bits between those of the method. */
static void split_type(uint16_t type, struct message *m)
{
	m->method = (type & 0xfU) | (type >> 1 & 0x70U) | (type >> 2 & 0xf80U);
	m->class = (type >> 4 & 1U) | (type >> 7 & 2U);
}

/* The message that begins here; *s moves behind what of it is here. */
static bool read_message(struct nw_span *s, struct message *m)
{
	uint32_t cookie;
	uint16_t type;
	uint16_t len;

	if (!nw_span_be16(s, &type) || !nw_span_be16(s, &len) || type >> 14 || len % 4 ||
	    !nw_span_copy(s, m->id, ID_BYTES)) {
		return false;
	}
	split_type(type, m);
	cookie = (uint32_t)m->id[0] << 24 | (uint32_t)m->id[1] << 16 | (uint32_t)m->id[2] << 8 |
		 m->id[3];
	m->has_cookie = cookie == COOKIE;
	m->is_whole = nw_span_left(s) >= len;
	return nw_span_cut(s, NW_MIN((size_t)len, nw_span_left(s)), &m->attributes);
}

static bool next_attribute(struct nw_span *s, uint16_t *ret_type, struct nw_span *ret)
{
	uint16_t len;

	if (!nw_span_be16(s, ret_type) || !nw_span_be16(s, &len) || !nw_span_cut(s, len, ret)) {
		return false;
	}
	return nw_span_skip(s, (4U - len % 4U) % 4U);
}

/* An attribute as RFC 3489 has it. *ret_is_strong: by more than its length. */
static bool is_classic(uint16_t type, struct nw_span value, bool *ret_is_strong)
{
	size_t len = nw_span_left(&value);

	switch (type) {
	case MAPPED_ADDRESS:
	case RESPONSE_ADDRESS:
	case SOURCE_ADDRESS:
	case CHANGED_ADDRESS:
	case REFLECTED_FROM:
	case XOR_MAPPED_ADDRESS: /* of later programs */
		*ret_is_strong = true;
		return len == 8 && value.p[0] == 0 && value.p[1] == 1;
	case CHANGE_REQUEST:
		*ret_is_strong = true;
		return len == 4 && value.p[0] == 0 && value.p[1] == 0 && value.p[2] == 0 &&
		       (value.p[3] & ~6) == 0;
	case USERNAME:
	case PASSWORD:
	case UNKNOWN_ATTRIBUTES:
		return len % 4 == 0;
	case INTEGRITY:
		return len == 20;
	case ERROR_CODE:
		return len >= 4 && len % 4 == 0 && value.p[0] == 0 && value.p[1] == 0;
	default:
		return type >= OPTIONAL;
	}
}

/* Without the cookie only attributes that fit to the last byte speak for STUN, else the port. */
static enum nw_basis claims_classic(const struct nw_ev_head *head, const struct message *m)
{
	struct nw_span s = m->attributes;
	bool is_strong = false;
	uint16_t type;

	if (m->class == CLASS_INDICATION ||
	    (m->method != METHOD_BINDING && m->method != METHOD_SHARED_SECRET)) {
		return NW_BASIS_NONE;
	}
	while (nw_span_left(&s)) {
		struct nw_span value;

		if (!next_attribute(&s, &type, &value) || !is_classic(type, value, &is_strong)) {
			return NW_BASIS_NONE;
		}
	}
	if (is_strong) {
		return NW_BASIS_CONTENT;
	}
	return nw_head_has_port(head, PORT_STUN) ? NW_BASIS_PORT : NW_BASIS_NONE;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	size_t on_wire = NW_MAX(head->len, head->wire_len);
	struct message m;

	if (nw_span_left(&s) < HEADER_BYTES || !read_message(&s, &m)) {
		return NW_BASIS_NONE;
	}
	/* a datagram is one message and nothing more */
	if (head->proto == IPPROTO_UDP &&
	    HEADER_BYTES + (size_t)(head->data[2] << 8 | head->data[3]) != on_wire) {
		return NW_BASIS_NONE;
	}
	if (m.has_cookie) {
		return NW_BASIS_CONTENT;
	}
	return head->proto == IPPROTO_UDP && m.is_whole ? claims_classic(head, &m) : NW_BASIS_NONE;
}

static void add_method(struct nw_facts *facts, unsigned method)
{
	static const char *const names[] = {
		[1] = "binding",
		[2] = "shared-secret",
		[3] = "allocate",
		[4] = "refresh",
		[6] = "send",
		[7] = "data",
		[8] = "create-permission",
		[9] = "channel-bind",
		[10] = "connect",
		[11] = "connection-bind",
		[12] = "connection-attempt",
	};
	static const char digits[] = "0123456789abcdef";

	if (method < NW_ARRAY_SIZE(names) && names[method]) {
		nw_facts_add_text(facts, NW_ATTR_STUN_METHOD, names[method], strlen(names[method]));
	} else {
		char text[] = { '0', 'x', digits[method >> 8 & 15], digits[method >> 4 & 15],
				digits[method & 15] };

		nw_facts_add_text(facts, NW_ATTR_STUN_METHOD, text, sizeof(text));
	}
}

/* "192.0.2.1:32853", "[2001:db8::1]:32853"; xor with the cookie and the transaction's id. */
static int add_endpoint(struct nw_facts *facts, enum nw_attr key, const struct message *m,
			struct nw_span value, bool is_xor)
{
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };
	size_t len = nw_span_left(&value) - 4;
	char text[ENDPOINT_TEXT];
	size_t n = 0;
	uint16_t port;

	if (nw_span_left(&value) < 4 || len != (value.p[1] == 2 ? 16 : 4) || value.p[1] < 1 ||
	    value.p[1] > 2) {
		return -EBADMSG;
	}
	port = (uint16_t)(value.p[2] << 8 | value.p[3]);
	memcpy(addr + sizeof(addr) - len, value.p + 4, len);
	if (is_xor) {
		port ^= (uint16_t)(m->id[0] << 8 | m->id[1]);
		for (size_t i = 0; i < len; i++) {
			addr[sizeof(addr) - len + i] ^= m->id[i];
		}
	}
	if (len == 16) {
		text[n++] = '[';
	}
	n += nw_addr_text(text + n, addr);
	if (len == 16) {
		text[n++] = ']';
	}
	text[n++] = ':';
	n += nw_text_u64(text + n, port);
	nw_facts_add_text(facts, key, text, n);
	return 0;
}

/* Some fill it up with NUL. */
static void add_software(struct nw_facts *facts, const struct message *m, struct nw_span value)
{
	const uint8_t *nul = memchr(value.p, 0, nw_span_left(&value));

	value.end = nul ? nul : value.end;
	if (m->class != CLASS_INDICATION) {
		nw_facts_add(facts,
			     m->class == CLASS_REQUEST ? NW_ATTR_CLIENT_SOFTWARE
						       : NW_ATTR_SERVER_SOFTWARE,
			     value);
	}
}

static int read_attribute(struct nw_facts *facts, const struct message *m, uint16_t type,
			  struct nw_span value)
{
	switch (type) {
	case XOR_MAPPED_ADDRESS:
		return add_endpoint(facts, NW_ATTR_STUN_MAPPED, m, value, true);
	case XOR_PEER_ADDRESS:
		return add_endpoint(facts, NW_ATTR_STUN_PEER, m, value, true);
	case XOR_RELAYED_ADDRESS:
		return add_endpoint(facts, NW_ATTR_STUN_RELAYED, m, value, true);
	case ATTRIBUTE_REALM:
		nw_facts_add(facts, NW_ATTR_REALM, value);
		return 0;
	case SOFTWARE:
		add_software(facts, m, value);
		return 0;
	default:
		return 0;
	}
}

static int read_attributes(struct nw_facts *facts, const struct message *m)
{
	struct nw_span mapped = { .p = NULL };
	struct nw_span s = m->attributes;
	struct nw_span value;
	uint16_t type;
	int err = 0;

	while (!err && nw_span_left(&s)) {
		if (!next_attribute(&s, &type, &value)) {
			err = m->is_whole ? -EBADMSG : 0;
			break;
		}
		if (type == MAPPED_ADDRESS) {
			mapped = value;
		} else {
			err = read_attribute(facts, m, type, value);
		}
	}
	/* last: some routers rewrite this one (RFC 8489 14.2), and what was said first stays */
	if (!err && mapped.p) {
		err = add_endpoint(facts, NW_ATTR_STUN_MAPPED, m, mapped, false);
	}
	return err;
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_head_start(head);
	struct message m;
	bool has_any = false;

	for (unsigned i = 0; i < MESSAGES_MAX && read_message(&s, &m); i++) {
		if (has_any && !m.has_cookie) {
			break; /* data of a channel, or of a connection that was bound */
		}
		if (!has_any) {
			add_method(facts, m.method);
		}
		if (read_attributes(facts, &m)) {
			break;
		}
		has_any = true;
	}
	return has_any ? 0 : -EBADMSG;
}

const struct nw_decoder nw_decoder_stun = {
	.name = "stun",
	.doc = "which addresses STUN finds and TURN relays, over UDP and TCP",
	.over = NW_OVER_TCP | NW_OVER_UDP,
	.begins = NW_BEGINS({ 0, 0x3f }),
	.claims = claims,
	.decode = decode,
};
