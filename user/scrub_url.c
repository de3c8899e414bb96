/* SPDX-License-Identifier: Apache-2.0 */
/* User and password in URLs of any scheme. Owns nothing. */
#include "scrub_rules.h"
#include "util/macro.h"

enum {
	PORT_DIGITS_MAX = 5
};

#define NONE SIZE_MAX

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool ends_url(uint8_t c)
{
	return c <= ' ' || is_quote(c) || c == '<' || c == '>' || c == '`';
}

static bool ends_authority(uint8_t c)
{
	return ends_url(c) || c == '/' || c == '?' || c == '#' || c == '\\';
}

static size_t last_at(const struct nw_scrub_text *t, size_t from, size_t to)
{
	while (to > from && t->c[to - 1] != '@') {
		to--;
	}
	return to > from ? to - 1 : NONE;
}

static bool is_port(const struct nw_scrub_text *t, size_t from, size_t to)
{
	if (from == to || to - from > PORT_DIGITS_MAX) {
		return from == to;
	}
	while (from < to && is_digit(t->c[from])) {
		from++;
	}
	return from == to;
}

/*
 * scheme://user:password@host. Passwords with '/', '?' or '#' are no URL, but programs take them:
 * what stands behind the colon and is no port is a password, and its '@' comes later.
 */
void nw_scrub_url(struct nw_scrub_text *t, size_t from)
{
	size_t end = from;
	size_t colon;
	size_t at;

	while (end < t->len && !ends_authority(t->c[end])) {
		end++;
	}
	for (colon = from; colon < end && t->c[colon] != ':'; colon++) {
	}
	at = last_at(t, from, end);
	if (end == t->len && !t->is_args) {
		nw_scrub_mask(t, from, end); /* the '@' may come where the data is cut */
		return;
	}
	if (at == NONE) {
		if (colon == end || t->c[from] == '[' || is_port(t, colon + 1, end)) {
			return;
		}
		while (end < t->len && !ends_url(t->c[end])) {
			end++;
		}
		at = last_at(t, colon, end);
		if (at == NONE) {
			nw_scrub_mask(t, colon + 1, end);
			return;
		}
	}
	nw_scrub_mask(t, from, NW_MIN(colon, at));
	nw_scrub_mask(t, NW_MIN(colon + 1, at), at);
}
