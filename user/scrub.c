/* SPDX-License-Identifier: Apache-2.0 */
/* See scrub.h. Decides what the bytes are, and reads text with its escapes undone as well. */
#include "scrub.h"

#include <string.h>

#include "dns_wire.h"
#include "scrub_rules.h"
#include "util/macro.h"

enum {
	LEVELS = 3
}; /* of escapes in escapes: JSON in JSON in a query */

/* Bytes with escapes undone, and where each began. */
struct view {
	size_t len;
	uint8_t c[NW_SCRUB_MAX];
	uint16_t at[NW_SCRUB_MAX + 1];
};

struct entity {
	const char *text;
	uint8_t c;
};

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that two hex digits at c + i mean, or -1. */
static int hex_byte(const uint8_t *c, size_t len, size_t i)
{
	int high = i + 1 < len ? hex(c[i]) : -1;
	int low = i + 1 < len ? hex(c[i + 1]) : -1;

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static size_t undo_backslash(const uint8_t *c, size_t len, int *ret)
{
	static const char names[] = "nrt";
	static const uint8_t bytes[] = { '\n', '\r', '\t' };
	const char *name;

	if (len < 2) {
		return 1;
	}
	if (c[1] == 'x' && hex_byte(c, len, 2) >= 0) {
		*ret = hex_byte(c, len, 2);
		return 4;
	}
	if (c[1] == 'u' && hex_byte(c, len, 2) == 0 && hex_byte(c, len, 4) >= 0) {
		*ret = hex_byte(c, len, 4);
		return 6;
	}
	name = c[1] ? strchr(names, c[1]) : NULL;
	*ret = name ? bytes[name - names] : c[1];
	return 2;
}

static size_t undo_entity(const uint8_t *c, size_t len, int *ret)
{
	static const struct entity entities[] = {
		{ "&lt;", '<' },    { "&gt;", '>' },  { "&quot;", '"' }, { "&amp;", '&' },
		{ "&apos;", '\'' }, { "&#34;", '"' }, { "&#39;", '\'' }, { "&#38;", '&' },
		{ "&#58;", ':' },   { "&#61;", '=' }, { "&#x22;", '"' }, { "&#x27;", '\'' },
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(entities); i++) {
		size_t n = strlen(entities[i].text);

		if (n <= len && memcmp(c, entities[i].text, n) == 0) {
			*ret = entities[i].c;
			return n;
		}
	}
	return 1;
}

/* How many bytes at c are one escape, and what they mean; 1 = an ordinary byte. */
static size_t undo(const uint8_t *c, size_t len, int *ret)
{
	*ret = c[0];
	switch (c[0]) {
	case '%':
		if (hex_byte(c, len, 1) < 0) {
			return 1;
		}
		*ret = hex_byte(c, len, 1);
		return 3;
	case '\\':
		return undo_backslash(c, len, ret);
	case '&':
		return undo_entity(c, len, ret);
	default:
		return 1;
	}
}

static void view_raw(struct view *v, const uint8_t *data, size_t len)
{
	v->len = len;
	memcpy(v->c, data, len);
	for (size_t i = 0; i <= len; i++) {
		v->at[i] = (uint16_t)i;
	}
}

/* One level of escapes less; false when there is none. */
static bool undo_all(struct view *v)
{
	size_t to = 0;
	size_t from = 0;
	size_t len = v->len;

	while (from < len) {
		int c;
		size_t n = undo(v->c + from, len - from, &c);

		v->c[to] = (uint8_t)c;
		v->at[to] = v->at[from];
		to++;
		from += n;
	}
	v->at[to] = v->at[len];
	v->len = to;
	return to < len;
}

static bool may_have_escapes(const uint8_t *data, size_t len)
{
	return memchr(data, '%', len) || memchr(data, '\\', len) || memchr(data, '&', len);
}

void nw_scrub_text(uint8_t *data, size_t len, bool is_args)
{
	struct nw_scrub_text t = { .raw = data, .c = data, .len = len, .is_args = is_args };
	struct view v;

	if (!may_have_escapes(data, len)) {
		nw_scrub_text_rules(&t);
		return;
	}
	/* before the rules mask what an escape stands in */
	view_raw(&v, data, len);
	nw_scrub_text_rules(&t);
	t.c = v.c;
	t.at = v.at;
	for (int level = 0; level < LEVELS && undo_all(&v); level++) {
		t.len = v.len;
		nw_scrub_text_rules(&t);
	}
}

static size_t mask_beyond(uint8_t *data, size_t len)
{
	if (len > NW_SCRUB_MAX) {
		memset(data + NW_SCRUB_MAX, 'x', len - NW_SCRUB_MAX);
		return NW_SCRUB_MAX;
	}
	return len;
}

/* Change cipher spec, alert, handshake, application data; SSL 3.0 to TLS 1.3. */
static bool is_tls(const uint8_t *data, size_t len)
{
	return len >= 3 && data[0] >= 0x14 && data[0] <= 0x17 && data[1] == 3 && data[2] <= 4;
}

void nw_scrub_head(uint8_t *data, size_t len)
{
	if (is_tls(data, len) || nw_dns_looks_like(data, len)) {
		return;
	}
	len = mask_beyond(data, len);
	nw_scrub_logins(data, len);
	nw_scrub_text(data, len, false);
}
