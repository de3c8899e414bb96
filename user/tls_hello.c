/* SPDX-License-Identifier: Apache-2.0 */
/* See tls_hello.h. Owns nothing; what is not as it must be is -EBADMSG. */
#include "tls_hello.h"

#include <errno.h>

#include "ja4.h"
#include "util/macro.h"

enum {
	MAJOR = 3,
	MINOR_LAST = 4,
	RANDOM_BYTES = 32,
};

enum {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_SIGNATURES = 13,
	EXTENSION_ALPN = 16,
	EXTENSION_VERSIONS = 43,
	EXTENSION_ECH = 0xfe0d,
};

/* A list behind its length in one or two bytes; without room for it nothing is read. */
static bool take_list(struct nw_span *s, unsigned length_bytes, struct nw_span *ret)
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

bool nw_tls_message(struct nw_span *s, uint8_t *ret_type, struct nw_span *ret, bool *ret_is_whole)
{
	uint8_t length_high;
	uint16_t length;

	if (!nw_span_u8(s, ret_type) || !nw_span_u8(s, &length_high) || !nw_span_be16(s, &length)) {
		return false;
	}
	*ret_is_whole = nw_span_cut(s, (size_t)length_high << 16 | length, ret);
	if (!*ret_is_whole) {
		*ret = *s;
		s->p = s->end;
	}
	return true;
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

static void add(struct nw_facts *facts, enum nw_attr key, struct nw_span value, bool is_copied)
{
	if (is_copied) {
		nw_facts_add_text(facts, key, (const char *)value.p,
				  NW_MIN(nw_span_left(&value), (size_t)NW_ATTR_VALUE_MAX));
	} else {
		nw_facts_add(facts, key, value);
	}
}

static int read_server_name(struct nw_span s, struct nw_facts *facts)
{
	struct nw_span list;
	struct nw_span name;
	uint8_t type;

	if (!take_list(&s, 2, &list) || !nw_span_u8(&list, &type) || !take_list(&list, 2, &name)) {
		return -EBADMSG;
	}
	if (type == 0 && is_name(name)) {
		add(facts, NW_ATTR_TLS_SERVER_NAME, name, true);
	}
	return 0;
}

static int read_versions(struct nw_span s, uint16_t *highest)
{
	struct nw_span list;
	uint16_t v;

	if (!take_list(&s, 1, &list)) {
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

static int read_alpn(struct nw_span s, struct nw_span *ret_first, enum nw_attr key, bool is_copied,
		     struct nw_facts *facts)
{
	struct nw_span list;
	struct nw_span name;

	if (!take_list(&s, 2, &list) || !take_list(&list, 1, ret_first)) {
		return -EBADMSG;
	}
	add(facts, key, *ret_first, is_copied);
	while (nw_attr_type(key) == NW_ATTR_LIST && take_list(&list, 1, &name)) {
		add(facts, key, name, is_copied);
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
		return take_list(&s, 2, &hello->signatures) ? 0 : -EBADMSG;
	case EXTENSION_ALPN:
		return read_alpn(s, &hello->alpn, NW_ATTR_TLS_ALPN, true, facts);
	case EXTENSION_VERSIONS:
		return read_versions(s, &hello->version);
	case EXTENSION_ECH:
		nw_facts_add_flag(facts, NW_ATTR_TLS_ECH);
		return 0;
	default:
		return 0;
	}
}

int nw_tls_client_hello(struct nw_span body, bool is_whole, char transport, struct nw_facts *facts)
{
	struct nw_hello hello = { .transport = transport };
	struct nw_span s = body;
	struct nw_span skipped;
	struct nw_span rest;
	char ja4[NW_JA4_MAX];
	uint16_t type;

	if (!nw_span_be16(&s, &hello.version) || !nw_span_skip(&s, RANDOM_BYTES) ||
	    !take_list(&s, 1, &skipped) || !take_list(&s, 2, &hello.ciphers) ||
	    !take_list(&s, 1, &skipped)) {
		return -EBADMSG;
	}
	rest = s;
	if (nw_span_left(&s) && !take_list(&s, 2, &hello.extensions)) {
		if (is_whole || !nw_span_skip(&rest, 2)) {
			return -EBADMSG;
		}
		hello.extensions = rest;
	}
	rest = hello.extensions;
	while (nw_span_be16(&rest, &type) && take_list(&rest, 2, &skipped)) {
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

int nw_tls_server_hello(struct nw_span body, struct nw_facts *facts)
{
	struct nw_span s = body;
	struct nw_span alpn;
	struct nw_span list = { .p = NULL };
	struct nw_span value;
	uint16_t version;
	uint16_t cipher;
	uint16_t type;

	if (!nw_span_be16(&s, &version) || !nw_span_skip(&s, RANDOM_BYTES) ||
	    !take_list(&s, 1, &value) || !nw_span_be16(&s, &cipher) || !nw_span_skip(&s, 1)) {
		return -EBADMSG;
	}
	(void)take_list(&s, 2, &list); /* servers up to TLS 1.2 may send none */
	while (nw_span_be16(&list, &type) && take_list(&list, 2, &value)) {
		if (type == EXTENSION_VERSIONS && !nw_span_be16(&value, &version)) {
			return -EBADMSG;
		}
		if (type == EXTENSION_ALPN &&
		    read_alpn(value, &alpn, NW_ATTR_TLS_NEXT_PROTOCOL, false, facts) < 0) {
			return -EBADMSG;
		}
	}
	add_version(facts, version);
	add_cipher(facts, cipher);
	return 0;
}
