/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in the labels of names. Where a byte begins is not known, as a stream is cut anywhere and a
 * number may stand in front: each place is tried, and that with most text counts. Owns nothing.
 */
#include "dns_coded.h"

#include <string.h>

#include "util/macro.h"

#define TEXT_OF_TEN \
	9 /* bytes of ten; of random ones 4 are, 6 where the best of 8 places is taken */

#define LOOK_MAX 32 /* characters; what a long one holds, its beginning says */

#define IN_HEX	  (1U << NW_CODING_HEX)
#define IN_BASE32 (1U << NW_CODING_BASE32)
#define IN_BASE64 (1U << NW_CODING_BASE64)
#define DIGIT	  0x20
#define LOWER	  0x40
#define UPPER	  0x80

static const struct {
	uint8_t bits;
	uint8_t least; /* characters in a row: words have some that are of the larger alphabets */
} form[NW_CODINGS] = {
	[NW_CODING_HEX] = { 4, 8 },
	[NW_CODING_BASE32] = { 5, 16 },
	[NW_CODING_BASE64] = { 6, 16 },
};

/* Of which alphabets a character is, and its kind. Case means nothing but in base64. */
static const uint8_t class[256] = {
	['0' ... '1'] = IN_HEX | IN_BASE64 | DIGIT,
	['2' ... '7'] = IN_HEX | IN_BASE32 | IN_BASE64 | DIGIT,
	['8' ... '9'] = IN_HEX | IN_BASE64 | DIGIT,
	['a' ... 'f'] = IN_HEX | IN_BASE32 | IN_BASE64 | LOWER,
	['g' ... 'z'] = IN_BASE32 | IN_BASE64 | LOWER,
	['A' ... 'F'] = IN_HEX | IN_BASE32 | IN_BASE64 | UPPER,
	['G' ... 'Z'] = IN_BASE32 | IN_BASE64 | UPPER,
	['-'] = IN_BASE64,
	['_'] = IN_BASE64,
	['+'] = IN_BASE64,
	['/'] = IN_BASE64,
};

static const uint8_t is_text[256] = {
	['\t'] = 1,
	['\n'] = 1,
	['\r'] = 1,
	[' ' ... '~'] = 1,
};

void nw_coded_init(struct nw_coded_table *t)
{
	static const char *const alphabet[NW_CODINGS] = {
		[NW_CODING_HEX] = "0123456789abcdef",
		[NW_CODING_BASE32] = "abcdefghijklmnopqrstuvwxyz234567",
		[NW_CODING_BASE64] =
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	};

	memset(t, 0, sizeof(*t));
	for (unsigned i = 0; i < NW_CODINGS; i++) {
		for (unsigned v = 0; alphabet[i][v]; v++) {
			uint8_t c = (uint8_t)alphabet[i][v];

			t->value[i][c] = (uint8_t)v;
			if (i != NW_CODING_BASE64 && (class[c] & LOWER)) {
				t->value[i][c - 'a' + 'A'] = (uint8_t)v;
			}
		}
	}
	t->value[NW_CODING_BASE64]['+'] = 62;
	t->value[NW_CODING_BASE64]['/'] = 63;
}

/* A byte may end behind each bit of a character behind which one could begin. */
static void decode(const uint8_t *value, struct nw_coded *c, unsigned bits, const char *p,
		   uint32_t len)
{
	unsigned step = bits & -bits; /* between places where a character begins, modulo 8 */
	uint32_t most = 0;
	unsigned best = 0;

	for (unsigned from = 0; from < 8; from += step) { /* bits */
		uint32_t text = 0;
		uint32_t last = 0;
		unsigned n = 0; /* bits in it, less those before the first byte */

		for (uint32_t i = 0; i < len; i++) {
			last = last << bits | value[(uint8_t)p[i]];
			n += bits;
			if (n >= 8 + from) {
				n -= 8;
				text += is_text[last >> (n - from) & UINT8_MAX];
			}
		}
		if (text > most) {
			most = text;
			best = from;
		}
	}
	c->labels++;
	c->text += most;
	c->bytes += (len * bits - best) / 8;
}

/* Numbers alone are times and serial numbers, letters alone words; base64 in one case is none. */
static bool is_mixed(enum nw_coding coding, uint8_t kinds)
{
	if (coding == NW_CODING_BASE64) {
		return (kinds & LOWER) && (kinds & UPPER);
	}
	return (kinds & DIGIT) && (kinds & (LOWER | UPPER));
}

static void look_for(const struct nw_coded_table *t, struct nw_coded *c, enum nw_coding coding,
		     const char *p, const char *end)
{
	while (end - p >= form[coding].least) {
		const char *start = p;
		uint8_t kinds = 0;

		while (p < end && (class[(uint8_t)*p] & 1U << coding)) {
			kinds |= class[(uint8_t)*p++];
		}
		if (p - start >= form[coding].least && is_mixed(coding, kinds)) {
			decode(t->value[coding], c, form[coding].bits, start,
			       NW_MIN((uint32_t)(p - start), (uint32_t)LOOK_MAX));
		}
		p++;
	}
}

void nw_coded_label(const struct nw_coded_table *t, struct nw_coded_sums *s, const char *p,
		    const char *end)
{
	for (unsigned i = 0; i < NW_CODINGS; i++) {
		look_for(t, &s->of[0][i], (enum nw_coding)i, p, end);
	}
}

void nw_coded_turn(struct nw_coded_sums *s)
{
	memcpy(s->of[1], s->of[0], sizeof(s->of[1]));
	memset(s->of[0], 0, sizeof(s->of[0]));
}

struct nw_coded nw_coded_text(const struct nw_coded_sums *s)
{
	struct nw_coded ret = { .labels = 0 };

	for (unsigned i = 0; i < NW_CODINGS; i++) {
		const struct nw_coded *newer = &s->of[0][i];
		const struct nw_coded *older = &s->of[1][i];
		uint64_t bytes = (uint64_t)newer->bytes + older->bytes;
		uint64_t text = (uint64_t)newer->text + older->text;

		if (text * 10 >= bytes * TEXT_OF_TEN && text > ret.text) {
			ret = (struct nw_coded){ newer->labels + older->labels, (uint32_t)bytes,
						 (uint32_t)text };
		}
	}
	return ret;
}
