/* SPDX-License-Identifier: Apache-2.0 */
/* Names that carry data. Owns nothing. */
#include "dns_carry.h"

#include <ctype.h>
#include <string.h>

#include "dns_wire.h"
#include "util/lru.h"
#include "util/macro.h"
#include "util/regular.h"

#define DATA_BYTES   10 /* a name with as much is one of those that a digest would be in */
#define HOST_MAX     64 /* characters: no host is called longer */
#define LONG_LABEL   24 /* characters, no hyphens: more than a word, a number, a row of hosts */
#define LONG_NAME    64 /* in such labels: as a SHA-256 in hexadecimal, as two UUIDs */
#define RECORD_BYTES 12 /* of each answer: name, type, class, time to live, length */
#define LABEL_SEED   0x6c6162656cULL
#define ADDRESS_SEED 0x61646472ULL

void nw_carry_init(struct nw_carry_table *t)
{
	nw_coded_init(&t->coded);
	t->bits[0] = 0;
	for (unsigned i = 1; i < NW_ARRAY_SIZE(t->bits); i++) {
		t->bits[i] = i * nw_log2(i);
	}
}

/* ---- what was seen -------------------------------------------------------------------------- */

void nw_carry_turn(struct nw_carry_book *b)
{
	memcpy(b->seen[1], b->seen[0], sizeof(b->seen[1]));
	memset(b->seen[0], 0, sizeof(b->seen[0]));
	b->filled = 0;
	nw_coded_turn(&b->coded);
}

bool nw_carry_is_new(struct nw_carry_book *b, uint64_t hash)
{
	uint32_t bit = (uint32_t)(hash >> 20) % NW_CARRY_BITS;
	uint64_t mask = 1ULL << (bit % 64);

	if ((b->seen[0][bit / 64] | b->seen[1][bit / 64]) & mask) {
		return false;
	}
	if (b->filled > NW_CARRY_BITS / 8) { /* so that what is new seldom looks old */
		nw_carry_turn(b);
	}
	b->seen[0][bit / 64] |= mask;
	b->filled++;
	return true;
}

/* ---- names ---------------------------------------------------------------------------------- */

const char *nw_carry_start(const char *name, const char *base)
{
	const char *p = name;
	const char *numbers = name;
	const char *nibbles = name;
	unsigned number = 0;
	unsigned nibble = 0;

	while (p < base) {
		size_t len = strcspn(p, ".");
		bool is_number = len > 0 && len <= 3 && strspn(p, "0123456789") == len;

		if (numbers == p && number < 4 && is_number) {
			number++;
			numbers = p + len + 1;
		}
		if (nibbles == p && len == 1 && isxdigit((unsigned char)*p)) {
			nibble++;
			nibbles = p + len + 1;
		}
		p += len + 1;
	}
	if (nibble >= 16 || nibbles >= base) {
		return nibbles;
	}
	return number == 4 || numbers >= base ? numbers : name;
}

static bool is_digits(const char *p)
{
	return p[0] == '\\' && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
	       isdigit((unsigned char)p[3]);
}

/* One byte of a name in presentation form, "\ddd" and "\." too; *p moves to its last character. */
static uint8_t take_byte(const char **p)
{
	const char *q = *p;

	if (is_digits(q)) {
		*p += 3;
		return (uint8_t)((q[1] - '0') * 100 + (q[2] - '0') * 10 + q[3] - '0');
	}
	if (*q == '\\' && q[1]) {
		++*p;
		return (uint8_t)q[1];
	}
	return (uint8_t)*q;
}

/* Case means nothing in names, but what lets it carry data is told by entropy. */
static unsigned char_of(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - (unsigned)'0';
	}
	c = nw_dns_lower(c);
	if (c >= 'a' && c <= 'z') {
		return 10U + c - 'a';
	}
	return c == '-' ? 36 : c == '_' ? 37 : 38;
}

/* How often which byte is there. Most are not: eight of them are one word, which is looked at first. */
struct spectrum {
	union {
		uint8_t count[256];
		uint64_t word[32];
	};
	uint32_t len; /* at most UINT8_MAX: no count overflows */
};
#define WORD_BYTES    8U
#define MORE_THAN_ONE 0xfefefefefefefefeULL /* of any of the eight */

/* The label that begins at p, up to its dot or `end`; its hash. */
static uint64_t look_at_label(const char **p, const char *end, struct spectrum *ret)
{
	uint64_t hash = LABEL_SEED;

	memset(ret, 0, sizeof(*ret));
	for (; *p < end && **p != '.'; ++*p) {
		uint8_t c = take_byte(p);

		hash = nw_hash_mix(hash, nw_dns_lower(c));
		if (ret->len < UINT8_MAX) {
			ret->count[c]++;
			ret->len++;
		}
	}
	return hash;
}

static void add_spectrum(struct spectrum *to, const struct spectrum *from)
{
	if (to->len + from->len > UINT8_MAX) {
		return;
	}
	to->len += from->len;
	for (unsigned i = 0; i < NW_ARRAY_SIZE(to->word); i++) {
		to->word[i] += from->word[i]; /* no byte of it carries */
	}
}

/*
 * What a new label has from the one before, at either end, carries nothing: hosts of one row, identifiers
 * that begin with a time. Takes it out and leaves what is new between p and *end; where it begins.
 */
static const char *skip_like_last(char last[64], const char *p, const char **end,
				  struct spectrum *s)
{
	size_t len = (size_t)(*end - p);
	size_t last_len = strlen(last);
	size_t most = NW_MIN(len, last_len);
	size_t before = 0;
	size_t behind = 0;

	if (len != s->len || len >= 64) { /* other bytes than characters */
		last[0] = '\0';
		return p;
	}
	while (before < most && p[before] == last[before]) {
		s->count[(uint8_t)p[before++]]--;
	}
	while (before + behind < most && p[len - 1 - behind] == last[last_len - 1 - behind]) {
		s->count[(uint8_t)p[len - 1 - behind++]]--;
	}
	s->len -= (uint32_t)(before + behind);
	memcpy(last, p, len);
	last[len] = '\0';
	*end -= behind;
	return p + before;
}

static double bits_of(const struct nw_carry_table *t, const struct spectrum *s)
{
	double bits = t->bits[s->len];

	for (unsigned i = 0; i < NW_ARRAY_SIZE(s->count); i++) {
		if (i % WORD_BYTES == 0 && !(s->word[i / WORD_BYTES] & MORE_THAN_ONE)) {
			i += WORD_BYTES - 1; /* of none and of one the sum has nothing */
			continue;
		}
		bits -= t->bits[s->count[i]];
	}
	return bits;
}

/*
 * What a name that carries much adds to the form that all of them have. Hyphens are how a UUID is
 * written (RFC 9562 4), and no part of it.
 */
static void add_form(struct nw_carry_book *b, struct spectrum *s)
{
	s->len -= s->count['-'];
	s->count['-'] = 0;
	b->data_names++;
	b->data_len += s->len;
	b->data_len_squares += (uint64_t)s->len * s->len;
	for (unsigned i = 0; i < NW_ARRAY_SIZE(s->count); i++) {
		if (s->word[i / WORD_BYTES]) {
			b->count[char_of((uint8_t)i)] += s->count[i];
		}
	}
}

bool nw_carry_name(const struct nw_carry_table *t, struct nw_carry_book *b, const char *name,
		   const char *base, struct nw_carried *ret)
{
	struct spectrum fresh = { .len = 0 };
	unsigned place = 0;
	unsigned known_len = 0;
	unsigned long_len = 0;
	bool is_first = false; /* in its place: what all begin with is still in it */
	double words = 0;

	*ret = (struct nw_carried){ .len = 0 };
	if (!nw_carry_is_new(b, nw_dns_name_hash(name))) {
		return false;
	}
	for (const char *p = name; p < base; p++) { /* over the dot */
		const char *start = p;
		struct spectrum label;
		uint64_t hash = look_at_label(&p, base, &label);
		const char *end = p;
		uint32_t whole_len;

		ret->len += label.len;
		whole_len = label.len - label.count['-'];
		if (nw_carry_is_new(b, nw_hash_mix(hash, place))) {
			b->labels[place]++;
			long_len += whole_len >= LONG_LABEL ? whole_len : 0;
			is_first |= !b->last[place][0];
			start = skip_like_last(b->last[place], start, &end, &label);
			add_spectrum(&fresh, &label);
			nw_coded_label(&t->coded, &b->coded, start, end);
		} else {
			uint32_t known = NW_MIN(NW_MAX(b->labels[place], 1U), 255U);

			words += t->bits[known] / known;
			known_len += label.len;
		}
		place = NW_MIN(place + 1, NW_CARRY_PLACES - 1U);
	}
	/* a label is no more than its own characters, however many were seen */
	words = NW_MIN(words, (double)known_len * 5);
	ret->bytes = (uint32_t)((bits_of(t, &fresh) + words) / 8 + 0.5);
	ret->is_long = long_len > LONG_NAME && fresh.len >= LONG_LABEL;
	if (ret->bytes >= DATA_BYTES && !is_first) {
		add_form(b, &fresh);
	}
	return true;
}

/* ---- digests -------------------------------------------------------------------------------- */

/* Bits of a character: the entropy of all that were counted. */
static double bits_of_char(const struct nw_carry_book *b)
{
	double total = 0;
	double bits = 0;

	for (unsigned i = 0; i < NW_ARRAY_SIZE(b->count); i++) {
		total += b->count[i];
		bits -= b->count[i] ? b->count[i] * nw_log2(b->count[i]) : 0;
	}
	return total > 0 ? nw_log2(total) + bits / total : 0;
}

bool nw_carry_is_digest(const struct nw_carry_book *b)
{
	static const unsigned digest[] = { 128, 160, 256 };
	double n = b->data_names;
	double mean;
	double bits;

	if (!b->data_names) {
		return false;
	}
	mean = (double)b->data_len / n;
	if ((double)b->data_len_squares / n - mean * mean > 1) {
		return false;
	}
	bits = mean * bits_of_char(b);
	for (size_t i = 0; i < NW_ARRAY_SIZE(digest); i++) {
		double off = bits - digest[i];

		if (off < digest[i] * 0.025 && -off < digest[i] * 0.025) {
			return true;
		}
	}
	return false;
}

/* ---- answers -------------------------------------------------------------------------------- */

bool nw_carry_holds_data(uint16_t type)
{
	switch (type) {
	case NW_DNS_TYPE_A:
	case NW_DNS_TYPE_AAAA:
	case NW_DNS_TYPE_NS:
	case NW_DNS_TYPE_SOA:
	case NW_DNS_TYPE_PTR:
	case NW_DNS_TYPE_HTTPS:
	case NW_DNS_TYPE_SVCB:
	case 43: /* DS, RRSIG, NSEC, DNSKEY, NSEC3: DNSSEC's own */
	case 46:
	case 47:
	case 48:
	case 50:
		return false;
	default:
		return true;
	}
}

/* An address that was not answered before, a name too long for a host. */
static uint32_t look_at_answer(struct nw_carry_book *b, const struct nw_dns *dns,
			       const struct nw_dns_answer *a)
{
	uint64_t hash = ADDRESS_SEED;
	size_t len;

	if (a->is_addr) {
		for (size_t i = 0; i < sizeof(a->addr); i++) {
			hash = nw_hash_mix(hash, a->addr[i]);
		}
		return !nw_carry_is_new(b, hash) ? 0 : a->type == NW_DNS_TYPE_AAAA ? 16 : 4;
	}
	len = strlen(nw_dns_text(dns, a->data));
	return a->type == NW_DNS_TYPE_CNAME && len > HOST_MAX ? (uint32_t)(len * 5 / 8) : 0;
}

uint32_t nw_carry_answer(struct nw_carry_book *b, const struct nw_dns *dns, uint32_t wire_len)
{
	/* header, question, the name's first and last byte */
	uint32_t asked = (uint32_t)strlen(nw_dns_text(dns, dns->question)) + 18 +
			 (uint32_t)RECORD_BYTES * dns->answers_total;
	uint32_t sum = 0;

	if (nw_carry_holds_data(dns->qtype)) {
		return dns->answers_total > 0 && wire_len > asked ? wire_len - asked : 0;
	}
	if (dns->qtype != NW_DNS_TYPE_A && dns->qtype != NW_DNS_TYPE_AAAA) {
		return 0;
	}
	for (unsigned i = 0; i < dns->answers_len; i++) {
		sum += look_at_answer(b, dns, &dns->answer[i]);
	}
	return sum;
}
