/* SPDX-License-Identifier: Apache-2.0 */
/* See ja4.h. Owns nothing. More than VALUES_MAX ciphers or extensions do not fit into a head. */
#include "ja4.h"

#include "util/macro.h"
#include "util/sha256.h"

enum {
	VALUES_MAX = 2048,
	EXTENSION_NAME = 0,
	EXTENSION_ALPN = 16,
	HASH_BYTES = 6,
	HASH_DIGITS = 12,
};

struct values {
	unsigned len;
	uint16_t v[VALUES_MAX];
};

static void add(struct values *list, uint16_t v)
{
	if (list->len < VALUES_MAX) {
		list->v[list->len++] = v;
	}
}

/* Shell's sort: a hostile hello of 2,000 ciphers must not cost a millisecond. */
static void sort(struct values *list)
{
	static const unsigned gaps[] = { 701, 301, 132, 57, 23, 10, 4, 1 };

	for (size_t g = 0; g < NW_ARRAY_SIZE(gaps); g++) {
		unsigned gap = gaps[g];

		for (unsigned i = gap; i < list->len; i++) {
			uint16_t v = list->v[i];
			unsigned at = i;

			for (; at >= gap && list->v[at - gap] > v; at -= gap) {
				list->v[at] = list->v[at - gap];
			}
			list->v[at] = v;
		}
	}
}

static void read_ciphers(struct nw_span s, struct values *ret)
{
	uint16_t v;

	ret->len = 0;
	while (nw_span_be16(&s, &v)) {
		if (!nw_is_grease(v)) {
			add(ret, v);
		}
	}
	sort(ret);
}

/* *ret_count: all but GREASE; the list lacks those that the first part tells. */
static void read_extensions(struct nw_span s, struct values *ret, unsigned *ret_count)
{
	uint16_t type;
	uint16_t len;

	ret->len = 0;
	*ret_count = 0;
	while (nw_span_be16(&s, &type) && nw_span_be16(&s, &len) && nw_span_skip(&s, len)) {
		if (nw_is_grease(type)) {
			continue;
		}
		(*ret_count)++;
		if (type != EXTENSION_NAME && type != EXTENSION_ALPN) {
			add(ret, type);
		}
	}
	sort(ret);
}

static char hex(unsigned digit)
{
	return "0123456789abcdef"[digit & 15];
}

static void hash_value(struct nw_sha256 *s, char before, uint16_t v)
{
	const char text[] = { before, hex(v >> 12), hex(v >> 8 & 15), hex(v >> 4 & 15),
			      hex(v & 15) };

	nw_sha256_add(s, before ? text : text + 1, before ? 5 : 4);
}

static void hash_list(struct nw_sha256 *s, const struct values *list)
{
	for (unsigned i = 0; i < list->len; i++) {
		hash_value(s, i ? ',' : '\0', list->v[i]);
	}
}

static char *put_hash(char *out, struct nw_sha256 *s)
{
	uint8_t hash[NW_SHA256_BYTES];

	nw_sha256_end(s, hash);
	for (unsigned i = 0; i < HASH_BYTES; i++) {
		*out++ = hex(hash[i] >> 4);
		*out++ = hex(hash[i] & 15);
	}
	return out;
}

static char *put_part(char *out, const struct values *list, struct nw_span signatures)
{
	char before = '_';
	struct nw_sha256 s;
	uint16_t v;

	if (list->len == 0) {
		memset(out, '0', HASH_DIGITS);
		return out + HASH_DIGITS;
	}
	nw_sha256_init(&s);
	hash_list(&s, list);
	while (nw_span_be16(&signatures, &v)) {
		if (!nw_is_grease(v)) {
			hash_value(&s, before, v);
			before = ',';
		}
	}
	return put_hash(out, &s);
}

static const char *version_name(uint16_t version)
{
	switch (version) {
	case 0x0304:
		return "13";
	case 0x0303:
		return "12";
	case 0x0302:
		return "11";
	case 0x0301:
		return "10";
	case 0x0300:
		return "s3";
	case 0x0002:
		return "s2";
	case 0xfeff:
		return "d1";
	case 0xfefd:
		return "d2";
	case 0xfefc:
		return "d3";
	default:
		return "00";
	}
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char *put_alpn(char *out, struct nw_span alpn)
{
	uint8_t first;
	uint8_t last;

	if (nw_span_left(&alpn) == 0) {
		*out++ = '0';
		*out++ = '0';
		return out;
	}
	first = alpn.p[0];
	last = alpn.end[-1];
	if (is_alphanumeric(first) && is_alphanumeric(last)) {
		*out++ = (char)first;
		*out++ = (char)last;
	} else {
		*out++ = hex(first >> 4);
		*out++ = hex(last & 15);
	}
	return out;
}

static char *put_count(char *out, unsigned n)
{
	n = NW_MIN(n, 99U);
	*out++ = (char)('0' + n / 10);
	*out++ = (char)('0' + n % 10);
	return out;
}

void nw_ja4(const struct nw_hello *hello, char ret[NW_JA4_MAX])
{
	static const struct nw_span none;
	struct values list;
	char *out = ret;
	unsigned count;

	*out++ = hello->transport;
	memcpy(out, version_name(hello->version), 2);
	out += 2;
	*out++ = hello->has_name ? 'd' : 'i';
	read_ciphers(hello->ciphers, &list);
	out = put_count(out, list.len);
	ret[10] = '_';
	(void)put_part(ret + 11, &list, none);
	ret[23] = '_';
	read_extensions(hello->extensions, &list, &count);
	out = put_count(out, count);
	(void)put_alpn(out, hello->alpn);
	*put_part(ret + 24, &list, hello->signatures) = '\0';
}
