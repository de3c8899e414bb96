/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor over untrusted bytes that carries its end. Every read checks; a failed read leaves the
 * cursor where it was and returns false. Decoders and parsers read through this and nothing else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct nw_span {
	const uint8_t *p;
	const uint8_t *end;
};

static inline struct nw_span nw_span_of(const void *data, size_t len)
{
	const uint8_t *p = data;

	return (struct nw_span){ .p = p, .end = p + len };
}

static inline size_t nw_span_left(const struct nw_span *s)
{
	return (size_t)(s->end - s->p);
}

static inline bool nw_span_skip(struct nw_span *s, size_t n)
{
	if (nw_span_left(s) < n) {
		return false;
	}
	s->p += n;
	return true;
}

/* The next n bytes as a span of their own. */
static inline bool nw_span_cut(struct nw_span *s, size_t n, struct nw_span *ret)
{
	if (nw_span_left(s) < n) {
		return false;
	}
	*ret = (struct nw_span){ .p = s->p, .end = s->p + n };
	s->p += n;
	return true;
}

static inline bool nw_span_copy(struct nw_span *s, void *ret, size_t n)
{
	if (nw_span_left(s) < n) {
		return false;
	}
	memcpy(ret, s->p, n);
	s->p += n;
	return true;
}

static inline bool nw_span_u8(struct nw_span *s, uint8_t *ret)
{
	return nw_span_copy(s, ret, 1);
}

static inline bool nw_span_begins(struct nw_span s, const char *word)
{
	size_t n = strlen(word);

	return nw_span_left(&s) >= n && memcmp(s.p, word, n) == 0;
}

/* Behind the word, when it begins with that. */
static inline bool nw_span_skip_word(struct nw_span *s, const char *word)
{
	return nw_span_begins(*s, word) && nw_span_skip(s, strlen(word));
}

/* Big endian, as on the wire. */
static inline bool nw_span_be16(struct nw_span *s, uint16_t *ret)
{
	uint8_t b[2];

	if (!nw_span_copy(s, b, sizeof(b))) {
		return false;
	}
	*ret = (uint16_t)(b[0] << 8 | b[1]);
	return true;
}

static inline bool nw_span_be32(struct nw_span *s, uint32_t *ret)
{
	uint8_t b[4];

	if (!nw_span_copy(s, b, sizeof(b))) {
		return false;
	}
	*ret = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	return true;
}
