/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS over TCP: the name and protocols that a client asks for, its JA4, whether it hides the real
 * ClientHello (ECH); what the server chose. RFC 8446 4.1, 5246 7.4, 6066 3, 7301, and
 * draft-ietf-tls-esni. A head holds the first flight to the end of its first record.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "ja4.h"

enum {
	RECORD_HANDSHAKE = 22,
	MAJOR = 3,
	MINOR_LAST = 4,
	RECORD_MAX = 16384 + 2048,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	RANDOM_BYTES = 32,
};

enum {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_SIGNATURES = 13,
	EXTENSION_ALPN = 16,
	EXTENSION_VERSIONS = 43,
	EXTENSION_ECH = 0xfe0d,
};

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);

	if (head->proto != IPPROTO_TCP || nw_span_left(&s) < 6 || s.p[0] != RECORD_HANDSHAKE ||
	    s.p[1] != MAJOR || s.p[2] > MINOR_LAST || (s.p[3] << 8 | s.p[4]) > RECORD_MAX) {
		return NW_BASIS_NONE;
	}
	return s.p[5] == CLIENT_HELLO || s.p[5] == SERVER_HELLO ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

/* A list behind its length in one or two bytes. */
static bool cut_list(struct nw_span *s, unsigned length_bytes, struct nw_span *ret)
{
	struct nw_span was = *s;
	uint8_t n8 = 0;
	uint16_t n16 = 0;

	if ((length_bytes == 1 ? nw_span_u8(s, &n8) : nw_span_be16(s, &n16)) &&
	    nw_span_cut(s, length_bytes == 1 ? n8 : n16, ret)) {
		return true;
	}
	*s = was;
	return false;
}

static void add_version(struct nw_facts *facts, uint16_t version)
{
	static const char names[][4] = { "3.0", "1.0", "1.1", "1.2", "1.3" };

	if (version >> 8 == MAJOR && (version & 0xff) <= MINOR_LAST) {
		unsigned minor = version & 0xff;

		nw_facts_add_text(facts, NW_ATTR_TLS_VERSION, names[minor], 3);
		nw_facts_add_text(facts, NW_ATTR_TLS_VERSION_PROTOCOL, minor ? "tls" : "ssl", 3);
	}
}

/* A host's name: what others than letters, digits, dots and the like are is no name. */
static bool is_name(struct nw_span s)
{
	for (; s.p < s.end; s.p++) {
		if (*s.p <= ' ' || *s.p >= 0x7f) {
			return false;
		}
	}
	return true;
}

static int read_server_name(struct nw_span s, struct nw_facts *facts)
{
	struct nw_span list;
	struct nw_span name;
	uint8_t type;

	if (!cut_list(&s, 2, &list) || !nw_span_u8(&list, &type) || !cut_list(&list, 2, &name)) {
		return -EBADMSG;
	}
	if (type == 0 && is_name(name)) {
		nw_facts_add(facts, NW_ATTR_TLS_SERVER_NAME, name);
	}
	return 0;
}

static int read_versions(struct nw_span s, uint16_t *highest)
{
	struct nw_span list;
	uint16_t v;

	if (!cut_list(&s, 1, &list)) {
		return -EBADMSG;
	}
	*highest = 0;
	while (nw_span_be16(&list, &v)) {
		if (!nw_is_grease(v) && v > *highest) {
			*highest = v;
		}
	}
	return 0;
}

static int read_alpn(struct nw_span s, struct nw_span *ret_first, enum nw_attr key,
		     struct nw_facts *facts)
{
	struct nw_span list;
	struct nw_span name;

	if (!cut_list(&s, 2, &list) || !cut_list(&list, 1, ret_first)) {
		return -EBADMSG;
	}
	nw_facts_add(facts, key, *ret_first);
	while (nw_attr_type(key) == NW_ATTR_LIST && cut_list(&list, 1, &name)) {
		nw_facts_add(facts, key, name);
	}
	return 0;
}

static int read_client_extension(uint16_t type, struct nw_span s, struct nw_hello *hello,
				 struct nw_facts *facts)
{
	switch (type) {
	case EXTENSION_SERVER_NAME:
		hello->has_name = true;
		return read_server_name(s, facts);
	case EXTENSION_SIGNATURES:
		return cut_list(&s, 2, &hello->signatures) ? 0 : -EBADMSG;
	case EXTENSION_ALPN:
		return read_alpn(s, &hello->alpn, NW_ATTR_TLS_ALPN, facts);
	case EXTENSION_VERSIONS:
		return read_versions(s, &hello->version);
	case EXTENSION_ECH:
		nw_facts_add_flag(facts, NW_ATTR_TLS_ECH);
		return 0;
	default:
		return 0;
	}
}

/* A fingerprint is that of a whole ClientHello or none. */
static int read_client(struct nw_span s, bool is_whole, struct nw_facts *facts)
{
	struct nw_hello hello = { .transport = 't' };
	struct nw_span skipped;
	struct nw_span rest;
	char ja4[NW_JA4_MAX];
	uint16_t type;

	if (!nw_span_be16(&s, &hello.version) || !nw_span_skip(&s, RANDOM_BYTES) ||
	    !cut_list(&s, 1, &skipped) || !cut_list(&s, 2, &hello.ciphers) ||
	    !cut_list(&s, 1, &skipped)) {
		return -EBADMSG;
	}
	rest = s;
	if (nw_span_left(&s) && !cut_list(&s, 2, &hello.extensions)) {
		if (is_whole || !nw_span_skip(&rest, 2)) {
			return -EBADMSG;
		}
		hello.extensions = rest;
	}
	rest = hello.extensions;
	while (nw_span_be16(&rest, &type) && cut_list(&rest, 2, &skipped)) {
		if (read_client_extension(type, skipped, &hello, facts) < 0) {
			return -EBADMSG;
		}
	}
	if (is_whole && nw_span_left(&rest)) {
		return -EBADMSG;
	}
	if (is_whole) {
		nw_ja4(&hello, ja4);
		nw_facts_add_text(facts, NW_ATTR_TLS_JA4, ja4, sizeof(ja4) - 1);
	}
	return 0;
}

static void add_cipher(struct nw_facts *facts, uint16_t cipher)
{
	static const char digits[] = "0123456789abcdef";
	const char text[] = { '0',
			      'x',
			      digits[cipher >> 12],
			      digits[cipher >> 8 & 15],
			      digits[cipher >> 4 & 15],
			      digits[cipher & 15] };

	nw_facts_add_text(facts, NW_ATTR_TLS_CIPHER, text, sizeof(text));
}

static int read_server(struct nw_span s, struct nw_facts *facts)
{
	struct nw_span alpn;
	struct nw_span list = { .p = NULL };
	struct nw_span value;
	uint16_t version;
	uint16_t cipher;
	uint16_t type;

	if (!nw_span_be16(&s, &version) || !nw_span_skip(&s, RANDOM_BYTES) ||
	    !cut_list(&s, 1, &value) || !nw_span_be16(&s, &cipher) || !nw_span_skip(&s, 1)) {
		return -EBADMSG;
	}
	(void)cut_list(&s, 2, &list); /* servers up to TLS 1.2 may send none */
	while (nw_span_be16(&list, &type) && cut_list(&list, 2, &value)) {
		if (type == EXTENSION_VERSIONS && !nw_span_be16(&value, &version)) {
			return -EBADMSG;
		}
		if (type == EXTENSION_ALPN &&
		    read_alpn(value, &alpn, NW_ATTR_TLS_NEXT_PROTOCOL, facts) < 0) {
			return -EBADMSG;
		}
	}
	add_version(facts, version);
	add_cipher(facts, cipher);
	return 0;
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_head_start(head);
	struct nw_span message;
	struct nw_span record;
	uint8_t length_high;
	uint16_t length;
	uint8_t type;
	bool is_whole;

	if (!nw_span_skip(&s, 3) || !nw_span_be16(&s, &length)) {
		return -EBADMSG;
	}
	record = s;
	if (length < nw_span_left(&s)) {
		record.end = s.p + length;
	}
	if (!nw_span_u8(&record, &type) || !nw_span_u8(&record, &length_high) ||
	    !nw_span_be16(&record, &length)) {
		return -EBADMSG;
	}
	is_whole = length_high == 0 && nw_span_cut(&record, length, &message);
	if (!is_whole) {
		message = record;
	}
	return type == CLIENT_HELLO ? read_client(message, is_whole, facts)
				    : read_server(message, facts);
}

const struct nw_decoder nw_decoder_tls = {
	.name = "tls",
	.doc = "names, protocols and JA4 of who begins TLS over TCP, and what the server chose",
	.claims = claims,
	.decode = decode,
};
