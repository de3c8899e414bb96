/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QUIC version 1 and 2 (RFC 9000, 9001, 9369): the ClientHello in a client's first datagrams, told as
 * tls tells that of TCP. A server's Initial packets go to an ID that the client chose: that they are
 * QUIC is told, what is in them is not. One head is one datagram, or those to one ID so far, one
 * behind the other (quic_join.h): of a ClientHello with a gap what stands before it is told.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "quic_initial.h"
#include "tls_hello.h"

enum {
	LONG_FIXED = 0xc0, /* the bits of a long header */
	PACKET_MIN = NW_QUIC_NUMBER_MAX + NW_QUIC_TAG_BYTES,
	PACKETS_MAX = 4, /* put together in one datagram; two are usual */
	HELLO_MAX = NW_HEAD_TLS_MAX,
};

enum {
	FRAME_PADDING = 0x00,
	FRAME_PING = 0x01,
	FRAME_ACK = 0x02,
	FRAME_ACK_ECN = 0x03,
	FRAME_CRYPTO = 0x06,
};

struct packet {
	uint32_t version;
	bool is_initial;
	struct nw_span id; /* whom it goes to */
	struct nw_span all;
	size_t number_at;
};

/* The client's bytes, wherever they stood: frames come in any order (some clients shuffle them). */
struct hello {
	uint8_t bytes[HELLO_MAX];
	uint64_t has[HELLO_MAX / 64];
};

/* RFC 9000 16 */
static bool read_varint(struct nw_span *s, uint64_t *ret)
{
	uint8_t b[8];
	unsigned n;

	if (nw_span_left(s) == 0) {
		return false;
	}
	n = 1U << (s->p[0] >> 6);
	if (!nw_span_copy(s, b, n)) {
		return false;
	}
	*ret = b[0] & 0x3f;
	for (unsigned i = 1; i < n; i++) {
		*ret = *ret << 8 | b[i];
	}
	return true;
}

static bool read_id(struct nw_span *s, struct nw_span *ret)
{
	uint8_t n;

	return nw_span_u8(s, &n) && n <= NW_QUIC_ID_MAX && nw_span_cut(s, n, ret);
}

/* The next packet of a datagram: one with a long header that says how long it is. */
static bool read_packet(struct nw_span *s, bool is_cut, struct packet *ret)
{
	const uint8_t *start = s->p;
	struct nw_span skipped;
	uint64_t length;
	unsigned type;
	uint8_t first;

	if (!nw_span_u8(s, &first) || (first & LONG_FIXED) != LONG_FIXED ||
	    !nw_span_be32(s, &ret->version) ||
	    (ret->version != NW_QUIC_V1 && ret->version != NW_QUIC_V2) || !read_id(s, &ret->id) ||
	    !read_id(s, &skipped)) {
		return false;
	}
	type = (first >> 4 & 3) - (ret->version == NW_QUIC_V2); /* RFC 9369 3.2 counts on by one */
	ret->is_initial = type == 0;
	if (ret->is_initial && (!read_varint(s, &length) || length > nw_span_left(s) ||
				!nw_span_cut(s, length, &skipped))) { /* a token */
		return false;
	}
	if ((type & 3) == 3 || !read_varint(s, &length) || length < PACKET_MIN) { /* 3: Retry */
		return false;
	}
	ret->number_at = (size_t)(s->p - start);
	if (length > nw_span_left(s)) {
		return is_cut;
	}
	s->p += length;
	ret->all = (struct nw_span){ .p = start, .end = s->p };
	return true;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	struct packet packet;

	return read_packet(&s, head->flags & NW_HEAD_CUT, &packet) && packet.is_initial
		       ? NW_BASIS_CONTENT
		       : NW_BASIS_NONE;
}

static void keep(struct hello *hello, uint64_t offset, struct nw_span data)
{
	for (; data.p < data.end && offset < HELLO_MAX; data.p++, offset++) {
		hello->bytes[offset] = *data.p;
		hello->has[offset / 64] |= 1ULL << offset % 64;
	}
}

static bool skip_varints(struct nw_span *s, uint64_t n)
{
	uint64_t v;

	while (n > 0 && read_varint(s, &v)) {
		n--;
	}
	return n == 0;
}

/* largest, delay, count, first range; ranges of two numbers each; three counters of ECN */
static bool skip_ack(struct nw_span *s, bool has_ecn)
{
	uint64_t ranges;

	return skip_varints(s, 2) && read_varint(s, &ranges) && ranges <= HELLO_MAX &&
	       skip_varints(s, 1 + 2 * ranges + (has_ecn ? 3 : 0));
}

/* Frames that an Initial packet may have (RFC 9000 17.2.2); what stands behind others is not read. */
static void read_frames(struct nw_span s, struct hello *hello)
{
	struct nw_span data;
	uint64_t offset;
	uint64_t length;
	uint8_t type;

	while (nw_span_u8(&s, &type)) {
		switch (type) {
		case FRAME_PADDING:
		case FRAME_PING:
			break;
		case FRAME_ACK:
		case FRAME_ACK_ECN:
			if (!skip_ack(&s, type == FRAME_ACK_ECN)) {
				return;
			}
			break;
		case FRAME_CRYPTO:
			if (!read_varint(&s, &offset) || !read_varint(&s, &length) ||
			    length > nw_span_left(&s) || !nw_span_cut(&s, length, &data)) {
				return;
			}
			keep(hello, offset, data);
			break;
		default:
			return;
		}
	}
}

/* What is there without a gap, from the first byte on. */
static size_t hello_len(const struct hello *hello)
{
	for (size_t i = 0; i < HELLO_MAX / 64; i++) {
		if (~hello->has[i]) {
			return i * 64 + (size_t)__builtin_ctzll(~hello->has[i]);
		}
	}
	return HELLO_MAX;
}

static int read_hello(const struct hello *hello, struct nw_facts *facts)
{
	struct nw_span s = nw_span_of(hello->bytes, hello_len(hello));
	struct nw_span body;
	bool is_whole;
	uint8_t type;

	if (!nw_tls_message(&s, &type, &body, &is_whole)) {
		return 0; /* it begins in another datagram */
	}
	return type == NW_TLS_CLIENT_HELLO ? nw_tls_client_hello(body, is_whole, 'q', facts)
					   : -EBADMSG;
}

/* 20 us for a client's datagram: keys 8, opening 4, JA4 5; a flow has four of them at most. */
static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_head_start(head);
	uint8_t frames[NW_HEAD_TLS_MAX];
	struct nw_quic_keys keys;
	struct packet packet;
	struct nw_span id = { .p = NULL };
	struct hello hello;
	size_t len;

	memset(hello.has, 0, sizeof(hello.has));
	for (unsigned i = 0; i < PACKETS_MAX && read_packet(&s, false, &packet); i++) {
		if (nw_span_left(&packet.id) < NW_QUIC_ID_CLIENT_MIN ||
		    nw_span_left(&packet.all) > sizeof(frames)) {
			break;
		}
		if (i == 0) { /* of one datagram all go to one ID: RFC 9000 12.2 */
			id = packet.id;
			nw_quic_client_keys(packet.version, id, &keys);
		} else if (nw_span_left(&packet.id) != nw_span_left(&id) ||
			   memcmp(packet.id.p, id.p, nw_span_left(&id)) != 0) {
			break;
		}
		if (!packet.is_initial) {
			continue;
		}
		if (nw_quic_open(&keys, packet.all, packet.number_at, frames, &len) < 0) {
			break; /* of a server, or of a client that got an ID from it */
		}
		read_frames(nw_span_of(frames, len), &hello);
	}
	return read_hello(&hello, facts);
}

const struct nw_decoder nw_decoder_quic = {
	.name = "quic",
	.doc = "names, protocols and JA4 of who begins QUIC version 1 or 2",
	.over = NW_OVER_UDP,
	.begins = NW_BEGINS({ LONG_FIXED, 0xff }),
	.claims = claims,
	.decode = decode,
};
