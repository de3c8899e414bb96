/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small bounded writer of one JSON line. Fields come in order; nesting is the caller's. Text is
 * made valid UTF-8 (each byte that is not becomes U+FFFD) and escaped. When the line does not fit,
 * overflow is set, nothing is written past the end, and the caller drops and counts the line.
 *
 * Everything ends in a comma, which closing takes back: no "is this the first" is ever asked.
 * Keys are our own words and are not escaped; literals cost no strlen, which is why the short
 * functions are here. NULL keys are for the top and for arrays.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/text.h"

struct nw_json {
	char *start, *p, *end; /* buffer of the caller; end leaves room for the NUL */
	bool overflow;
};

#define NW_JSON_TIME 30 /* 2026-11-24T00:41:02.123456789Z */

/* The last second that was written, as text; starts as zeros. Most times follow one in the same. */
struct nw_json_second {
	uint64_t second;
	char text[20]; /* up to the point; not ended by NUL */
};

/* size > 0 */
void nw_json_init(struct nw_json *j, char *buf, size_t size);
/* Length of the line without NUL, or 0 on overflow. */
size_t nw_json_finish(struct nw_json *j);

/* The value alone, with its comma. Room is checked. */
void nw_json_put_text(struct nw_json *j, const char *text, size_t len);
/* The same, where nw_json_key() said that there is room; behind it. */
char *nw_json_put_time(char *p, uint64_t wall_ns, struct nw_json_second *last);
char *nw_json_put_hex(char *p, uint64_t value);
/* One or more whole fields that were made earlier, each with its comma. */
void nw_json_raw(struct nw_json *j, const char *fields, size_t len);

static inline bool nw_json_room(struct nw_json *j, size_t n)
{
	if (__builtin_expect((size_t)(j->end - j->p) >= n, 1)) {
		return true;
	}
	j->overflow = true;
	return false;
}

/*
 * Room for "key": and a value of at most `value` bytes, and the key is written; *ret is where the value
 * goes, and who writes that sets j->p behind it. In a variable of its own, since bytes may be of
 * anything, the writer's pointers too: these would be read again after each.
 */
static inline bool nw_json_key(struct nw_json *j, const char *key, size_t value, char **ret)
{
	size_t len = key ? strlen(key) : 0;
	char *p = j->p;

	if (!nw_json_room(j, len + 4 + value)) {
		return false;
	}
	if (key) {
		*p++ = '"';
		memcpy(p, key, len);
		p += len;
		*p++ = '"';
		*p++ = ':';
	}
	*ret = p;
	return true;
}

static inline void nw_json_bracket(struct nw_json *j, const char *key, char bracket)
{
	char *p;

	if (nw_json_key(j, key, 1, &p)) {
		*p++ = bracket;
		j->p = p;
	}
}

static inline void nw_json_open(struct nw_json *j, const char *key) /* { */
{
	nw_json_bracket(j, key, '{');
}

static inline void nw_json_array(struct nw_json *j, const char *key) /* [ */
{
	nw_json_bracket(j, key, '[');
}

static inline void nw_json_end(struct nw_json *j, char bracket)
{
	char *p = j->p;

	if (nw_json_room(j, 2) && !j->overflow) {
		p -= p[-1] == ',';
		*p++ = bracket;
		*p++ = ',';
		j->p = p;
	}
}

static inline void nw_json_close(struct nw_json *j)
{
	nw_json_end(j, '}');
}

static inline void nw_json_array_end(struct nw_json *j)
{
	nw_json_end(j, ']');
}

static inline void nw_json_strn(struct nw_json *j, const char *key, const char *value, size_t len)
{
	char *p;

	if (nw_json_key(j, key, 0, &p)) {
		j->p = p;
		nw_json_put_text(j, value, len);
	}
}

/* NULL and "": no field. */
static inline void nw_json_str(struct nw_json *j, const char *key, const char *value)
{
	if (value && *value) {
		nw_json_strn(j, key, value, strlen(value));
	}
}

/* A word of ours that needs no escaping; a literal is copied in a few moves. */
static inline void nw_json_wordn(struct nw_json *j, const char *key, const char *word, size_t len)
{
	char *p;

	if (nw_json_key(j, key, len + 3, &p)) {
		*p++ = '"';
		memcpy(p, word, len);
		p += len;
		*p++ = '"';
		*p++ = ',';
		j->p = p;
	}
}

static inline void nw_json_word(struct nw_json *j, const char *key, const char *word)
{
	nw_json_wordn(j, key, word, strlen(word));
}

static inline void nw_json_u64(struct nw_json *j, const char *key, uint64_t value)
{
	char *p;

	if (nw_json_key(j, key, 21, &p)) {
		p += nw_text_u64(p, value);
		*p++ = ',';
		j->p = p;
	}
}

/* A number that is a name: "1000" */
static inline void nw_json_u64_word(struct nw_json *j, const char *key, uint64_t value)
{
	char *p;

	if (nw_json_key(j, key, 23, &p)) {
		*p++ = '"';
		p += nw_text_u64(p, value);
		*p++ = '"';
		*p++ = ',';
		j->p = p;
	}
}

static inline void nw_json_i64(struct nw_json *j, const char *key, int64_t value)
{
	char *p;

	if (nw_json_key(j, key, 21, &p)) {
		if (value < 0) {
			*p++ = '-';
		}
		p += nw_text_u64(p, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
		*p++ = ',';
		j->p = p;
	}
}

static inline void nw_json_bool(struct nw_json *j, const char *key, bool value)
{
	char *p;

	if (nw_json_key(j, key, 6, &p)) {
		memcpy(p, value ? "true," : "false,", value ? 5 : 6);
		j->p = p + (value ? 5 : 6);
	}
}

static inline void nw_json_ip(struct nw_json *j, const char *key, const uint8_t addr[16])
{
	char *p;

	if (nw_json_key(j, key, NW_ADDR_TEXT + 3, &p)) {
		*p++ = '"';
		p += nw_addr_text(p, addr);
		*p++ = '"';
		*p++ = ',';
		j->p = p;
	}
}

/* RFC 3339 in UTC with ns; years 1970 to 2554, which is all that 64 bits hold. */
static inline void nw_json_time(struct nw_json *j, const char *key, uint64_t wall_ns,
				struct nw_json_second *last)
{
	char *p;

	if (nw_json_key(j, key, NW_JSON_TIME + 3, &p)) {
		j->p = nw_json_put_time(p, wall_ns, last);
	}
}

/* "16 hex digits" */
static inline void nw_json_hex(struct nw_json *j, const char *key, uint64_t value)
{
	char *p;

	if (nw_json_key(j, key, 19, &p)) {
		j->p = nw_json_put_hex(p, value);
	}
}
