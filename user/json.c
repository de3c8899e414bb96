/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the JSON writer that are not short. Owns nothing. On the way of every record: clean
 * text goes eight bytes at a time, numbers and dates without a single division by a variable.
 */
#include "json.h"

#include "util/macro.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static const char hex_digits[16] = "0123456789abcdef";

/* 8 equal bytes */
#define BYTES(b) (0x0101010101010101ULL * (b))

void nw_json_init(struct nw_json *j, char *buf, size_t size)
{
	*j = (struct nw_json){ .start = buf, .p = buf, .end = buf + size - 1 };
}

size_t nw_json_finish(struct nw_json *j)
{
	if (j->overflow) {
		return 0;
	}
	if (j->p > j->start && j->p[-1] == ',') {
		j->p--;
	}
	*j->p = '\0';
	return (size_t)(j->p - j->start);
}

void nw_json_raw(struct nw_json *j, const char *fields, size_t len)
{
	if (nw_json_room(j, len)) {
		memcpy(j->p, fields, len);
		j->p += len;
	}
}

/* Does any of 8 bytes need a look: control characters, quote, backslash, DEL, not ASCII? A borrow
 * or carry may claim a clean neighbour of such a byte, never miss one. */
static bool needs_look(uint64_t w)
{
	uint64_t quote = w ^ BYTES('"');
	uint64_t backslash = w ^ BYTES('\\');
	uint64_t hit = w | (w - BYTES(0x20)) | (quote - BYTES(1)) | (backslash - BYTES(1)) |
		       (w + BYTES(1));

	return (hit & BYTES(0x80)) != 0;
}

static bool is_clean(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static char *put_u16_escape(char *p, int32_t code)
{
	*p++ = '\\';
	*p++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4) {
		*p++ = hex_digits[(code >> shift) & 15];
	}
	return p;
}

static char *put_ascii(char *p, char c)
{
	static const char letter[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
	};

	if (c == '"' || c == '\\') {
		*p++ = '\\';
		*p++ = c;
	} else if (c >= 0x20 && c != 0x7f) {
		*p++ = c;
	} else if (c != 0x7f && letter[(unsigned char)c]) {
		*p++ = '\\';
		*p++ = letter[(unsigned char)c];
	} else {
		return put_u16_escape(p, c);
	}
	return p;
}

/* One code point; *s moves on. C1 and the two line ends of JavaScript are escaped too: lines are
 * also looked at in terminals and pasted into scripts. */
static char *put_code(char *p, const char **s, const char *end)
{
	int32_t code;
	size_t used;

	if (!(**s & 0x80)) {
		return put_ascii(p, *(*s)++);
	}
	used = nw_utf8_next(*s, (size_t)(end - *s), &code);
	if (code < 0) {
		memcpy(p, REPLACEMENT, 3);
		p += 3;
	} else if (code < 0xa0 || code == 0x2028 || code == 0x2029) {
		p = put_u16_escape(p, code);
	} else {
		memcpy(p, *s, used);
		p += used;
	}
	*s += used;
	return p;
}

/* Copies clean text word by word, the last word over the end of the one before; how much of it. Less
 * than a word is not looked at. */
static size_t copy_clean(char *p, const char *s, size_t len)
{
	size_t n = 0;
	uint64_t w;

	if (len < sizeof(w)) {
		return 0;
	}
	for (; n + sizeof(w) <= len; n += sizeof(w)) {
		memcpy(&w, s + n, sizeof(w));
		if (needs_look(w)) {
			return n;
		}
		memcpy(p + n, &w, sizeof(w));
	}
	memcpy(&w, s + len - sizeof(w), sizeof(w));
	if (needs_look(w)) {
		return n;
	}
	memcpy(p + len - sizeof(w), &w, sizeof(w));
	return len;
}

void nw_json_put_text(struct nw_json *j, const char *text, size_t len)
{
	const char *s = text;
	const char *end = text + len;
	char *p = j->p;

	/* a byte becomes six at worst: asked for once instead of at each byte */
	if (!nw_json_room(j, 6 * len + 3)) {
		return;
	}
	*p++ = '"';
	while (s < end) {
		size_t n = copy_clean(p, s, (size_t)(end - s));
		const char *stop;

		p += n;
		s += n;
		stop = end - s < 8 ? end : s + 8;
		while (s < stop) {
			if (is_clean(*s)) {
				*p++ = *s++;
			} else {
				p = put_code(p, &s, end);
			}
		}
	}
	*p++ = '"';
	*p++ = ',';
	j->p = p;
}

/*
 * Year, month and day of a count of days since 1970, for the years of interest and on: Neri and
 * Schneider, "Euclidean affine functions and their application to calendar algorithms", 2022.
 */
static char *put_date(char *p, uint32_t days)
{
	uint32_t n1 = 4 * (days + 719468) + 3; /* from 0000-03-01 on */
	uint32_t century = n1 / 146097;
	uint32_t n2 = (n1 % 146097) | 3;
	uint64_t p2 = 2939745ULL * n2;
	uint32_t year = 100 * century + (uint32_t)(p2 >> 32);
	uint32_t day_of_year = (uint32_t)p2 / 2939745 / 4;
	uint32_t n3 = 2141 * day_of_year + 197913;
	bool is_next = day_of_year >= 306; /* January and February */

	year += is_next;
	p = nw_text_put_pair(p, year / 100);
	p = nw_text_put_pair(p, year % 100);
	*p++ = '-';
	p = nw_text_put_pair(p, (n3 >> 16) - (is_next ? 12 : 0));
	*p++ = '-';
	return nw_text_put_pair(p, (n3 & 0xffff) / 2141 + 1);
}

static void make_second(struct nw_json_second *s, uint64_t second)
{
	uint32_t of_day = (uint32_t)(second % 86400);
	char *p = s->text;

	p = put_date(p, (uint32_t)(second / 86400));
	*p++ = 'T';
	p = nw_text_put_pair(p, of_day / 3600);
	*p++ = ':';
	p = nw_text_put_pair(p, of_day / 60 % 60);
	*p++ = ':';
	p = nw_text_put_pair(p, of_day % 60);
	*p = '.';
	s->second = second;
}

char *nw_json_put_time(char *p, uint64_t wall_ns, struct nw_json_second *last)
{
	uint64_t second = wall_ns / NW_NSEC_PER_SEC;
	uint32_t ns = (uint32_t)(wall_ns - second * NW_NSEC_PER_SEC);

	if (second != last->second || !last->text[0]) {
		make_second(last, second);
	}
	*p++ = '"';
	memcpy(p, last->text, sizeof(last->text));
	p += sizeof(last->text);
	*p++ = (char)('0' + ns / 100000000);
	p = nw_text_put_pair(p, ns / 1000000 % 100);
	p = nw_text_put_pair(p, ns / 10000 % 100);
	p = nw_text_put_pair(p, ns / 100 % 100);
	p = nw_text_put_pair(p, ns % 100);
	*p++ = 'Z';
	*p++ = '"';
	*p++ = ',';
	return p;
}

char *nw_json_put_hex(char *p, uint64_t value)
{
	*p++ = '"';
	for (int shift = 60; shift >= 0; shift -= 4) {
		*p++ = hex_digits[(value >> shift) & 15];
	}
	*p++ = '"';
	*p++ = ',';
	return p;
}
