/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for people and for identifiers. Owns nothing; everything is bounded by the caller's buffer.
 * Nothing here fails: what cannot be shown is escaped, what does not fit is cut and marked.
 */
#include "util/text.h"

#include <stdbool.h>
#include <string.h>

#include "util/macro.h"

#define ELLIPSIS     "\xe2\x80\xa6" /* U+2026 */
#define ELLIPSIS_LEN 3

static const char hex_digits[16] = "0123456789abcdef";

const char nw_text_pairs[200] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

/*
 * Code points that act instead of being seen: general categories Cf, Zl and Zp of Unicode 15.0,
 * and C1. They turn text around, hide parts of it or end lines. Sorted.
 */
static const struct {
	int32_t first, last;
} unseen[] = {
	{ 0x0080, 0x009f },   { 0x00ad, 0x00ad },   { 0x0600, 0x0605 },	  { 0x061c, 0x061c },
	{ 0x06dd, 0x06dd },   { 0x070f, 0x070f },   { 0x0890, 0x0891 },	  { 0x08e2, 0x08e2 },
	{ 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x2028, 0x202e },	  { 0x2060, 0x206f },
	{ 0xfdd0, 0xfdef },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },	  { 0xfffe, 0xffff },
	{ 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static bool is_seen(int32_t c)
{
	for (size_t i = 0; i < NW_ARRAY_SIZE(unseen) && unseen[i].first <= c; i++) {
		if (c <= unseen[i].last) {
			return false;
		}
	}
	return true;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t nw_utf8_next(const char *s, size_t len, int32_t *ret)
{
	/* smallest code point that needs so many bytes: anything less is an overlong form */
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s[0];
	size_t n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	int32_t code = n <= 1 ? c : c & (0x7f >> n);

	*ret = -1;
	if (n == 0 || n > len) {
		return 1;
	}
	for (size_t i = 1; i < n; i++) {
		if (!is_continuation(s[i])) {
			return 1;
		}
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
		return 1;
	}
	*ret = code;
	return n;
}

/* One code point or bad byte as text: bytes written to unit, at most 10. */
static size_t escape_unit(char unit[10], const char *s, size_t used, int32_t code)
{
	size_t n = 0;
	int shift = 20;

	if (code == '\\') {
		unit[0] = unit[1] = '\\';
		return 2;
	}
	if (code < 0x20 || code == 0x7f) { /* -1, not UTF-8, too */
		unsigned char c = (unsigned char)s[0];

		unit[n++] = '\\';
		unit[n++] = 'x';
		unit[n++] = hex_digits[c >> 4];
		unit[n++] = hex_digits[c & 15];
		return n;
	}
	if (code < 0x80 || is_seen(code)) {
		memcpy(unit, s, used);
		return used;
	}
	memcpy(unit, "\\u{", 3);
	n = 3;
	while (shift > 0 && !(code >> shift)) {
		shift -= 4;
	}
	for (; shift >= 0; shift -= 4) {
		unit[n++] = hex_digits[(code >> shift) & 15];
	}
	unit[n++] = '}';
	return n;
}

size_t nw_text_escape(char *buf, size_t size, const char *text, size_t len)
{
	size_t room = size - 1; /* the NUL's */
	size_t at = 0;
	size_t fit = 0; /* where the ellipsis may stand instead of what follows */

	while (len > 0) {
		char unit[10];
		int32_t code;
		size_t used = nw_utf8_next(text, len, &code);
		size_t n = escape_unit(unit, text, used, code);

		if (at + ELLIPSIS_LEN <= room) {
			fit = at;
		}
		if (at + n > room) {
			memcpy(buf + fit, ELLIPSIS, ELLIPSIS_LEN);
			at = fit + ELLIPSIS_LEN;
			break;
		}
		memcpy(buf + at, unit, n);
		at += n;
		text += used;
		len -= used;
	}
	buf[at] = '\0';
	return at;
}

/* How many decimal digits: from the bits, one too many at times, and a look at that power of ten. */
static size_t count_digits(uint64_t value)
{
	static const uint64_t power[] = {
		0ULL,
		10ULL,
		100ULL,
		1000ULL,
		10000ULL,
		100000ULL,
		1000000ULL,
		10000000ULL,
		100000000ULL,
		1000000000ULL,
		10000000000ULL,
		100000000000ULL,
		1000000000000ULL,
		10000000000000ULL,
		100000000000000ULL,
		1000000000000000ULL,
		10000000000000000ULL,
		100000000000000000ULL,
		1000000000000000000ULL,
		10000000000000000000ULL,
	};
	unsigned bits = 64U - (unsigned)__builtin_clzll(value | 1);
	unsigned n = bits * 1233 >> 12; /* log10(2) */

	return n + (value >= power[n]);
}

size_t nw_text_u64(char *buf, uint64_t value)
{
	size_t len;
	char *p;

	if (value < 10) {
		*buf = (char)('0' + value);
		return 1;
	}
	len = count_digits(value);
	p = buf + len;
	while (value >= 100) {
		uint64_t rest = value / 100;

		p -= 2;
		nw_text_put_pair(p, (uint32_t)(value - rest * 100));
		value = rest;
	}
	if (value >= 10) {
		nw_text_put_pair(p - 2, (uint32_t)value);
	} else {
		p[-1] = (char)('0' + value);
	}
	return len;
}

void nw_text_bytes(char buf[8], uint64_t bytes)
{
	static const char *const unit[] = { " B", " kB", " MB", " GB", " TB", " PB", " EB" };
	uint64_t div = 1000;
	uint64_t tenths;
	unsigned u = 1;
	size_t n;

	if (bytes < 1000) {
		n = nw_text_u64(buf, bytes);
		memcpy(buf + n, unit[0], 3);
		return;
	}
	/* rounding decides the unit: 999,500 is 1.0 MB, not 1000 kB */
	while (u + 1 < NW_ARRAY_SIZE(unit) && bytes >= div * 1000 - div / 2) {
		div *= 1000;
		u++;
	}
	tenths = bytes / (div / 10) + (bytes % (div / 10) >= div / 20);
	if (tenths < 1000) {
		n = nw_text_u64(buf, tenths / 10);
		buf[n++] = '.';
		buf[n++] = (char)('0' + tenths % 10);
	} else {
		n = nw_text_u64(buf, bytes / div + (bytes % div >= div / 2));
	}
	memcpy(buf + n, unit[u], 4);
}

static size_t put_octet(char *p, unsigned v)
{
	size_t n = 0;

	if (v >= 100) {
		p[n++] = (char)('0' + v / 100);
		v %= 100;
		nw_text_put_pair(p + n, v);
		return n + 2;
	}
	if (v >= 10) {
		nw_text_put_pair(p, v);
		return 2;
	}
	p[0] = (char)('0' + v);
	return 1;
}

static size_t put_v4(char *buf, const uint8_t octet[4])
{
	size_t n = put_octet(buf, octet[0]);

	for (int i = 1; i < 4; i++) {
		buf[n++] = '.';
		n += put_octet(buf + n, octet[i]);
	}
	return n;
}

static size_t put_group(char *p, unsigned v)
{
	size_t n = 0;

	for (int shift = 12; shift >= 0; shift -= 4) {
		if (n > 0 || shift == 0 || v >> shift) {
			p[n++] = hex_digits[(v >> shift) & 15];
		}
	}
	return n;
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2). */
static void find_zeros(const unsigned group[8], int *ret_at, int *ret_len)
{
	*ret_at = -1;
	*ret_len = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && group[i + n] == 0) {
			n++;
		}
		if (n > *ret_len) {
			*ret_at = i;
			*ret_len = n;
		}
		i += n;
	}
}

static size_t put_v6(char *buf, const uint8_t addr[16])
{
	unsigned group[8];
	int zeros, zeros_len;
	size_t n = 0;

	for (size_t i = 0; i < 8; i++) {
		group[i] = (unsigned)addr[2 * i] << 8 | addr[2 * i + 1];
	}
	find_zeros(group, &zeros, &zeros_len);
	for (int i = 0; i < 8; i++) {
		if (i == zeros) {
			buf[n++] = ':';
			buf[n++] = ':';
			i += zeros_len - 1;
			continue;
		}
		if (i > 0 && buf[n - 1] != ':') {
			buf[n++] = ':';
		}
		n += put_group(buf + n, group[i]);
	}
	return n;
}

bool nw_addr_is_v4(const uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(addr, mapped, sizeof(mapped)) == 0;
}

size_t nw_addr_text(char buf[NW_ADDR_TEXT], const uint8_t addr[16])
{
	size_t n = nw_addr_is_v4(addr) ? put_v4(buf, addr + 12) : put_v6(buf, addr);

	buf[n] = '\0';
	return n;
}
