/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the protocols that talk as FTP and SMTP do, in untrusted bytes: a command with a word
 * behind it, and "220 text" or "220-text" as answer. Only the first line, and only when its end is
 * here.
 */
#pragma once

#include <strings.h>

#include "util/span.h"

#define NW_REPLY_LINE_MAX 512 /* RFC 5321 4.5.3.1.5 */

static inline bool nw_reply_line(struct nw_span s, struct nw_span *ret)
{
	const uint8_t *end;

	if (nw_span_left(&s) > NW_REPLY_LINE_MAX) {
		s.end = s.p + NW_REPLY_LINE_MAX;
	}
	end = memchr(s.p, '\n', nw_span_left(&s));
	if (!end) {
		return false;
	}
	s.end = end > s.p && end[-1] == '\r' ? end - 1 : end;
	*ret = s;
	return true;
}

/* Without these bytes at the ends. */
static inline struct nw_span nw_reply_trim(struct nw_span s, const char *bytes)
{
	while (s.p < s.end && *s.p && strchr(bytes, *s.p)) {
		s.p++;
	}
	while (s.p < s.end && s.end[-1] && strchr(bytes, s.end[-1])) {
		s.end--;
	}
	return s;
}

/* Does it begin so, whatever the case of its letters? *ret is what follows. */
static inline bool nw_reply_begins(struct nw_span s, const char *word, struct nw_span *ret)
{
	size_t n = strlen(word);

	if (nw_span_left(&s) < n || strncasecmp((const char *)s.p, word, n) != 0) {
		return false;
	}
	*ret = (struct nw_span){ .p = s.p + n, .end = s.end };
	return true;
}

/* The same anywhere in it. */
static inline bool nw_reply_has(struct nw_span s, const char *word, struct nw_span *ret)
{
	for (; s.p < s.end; s.p++) {
		if (nw_reply_begins(s, word, ret)) {
			return true;
		}
	}
	return false;
}

/* "220 text": what a server greets with. */
static inline bool nw_reply_greeting(struct nw_span line, struct nw_span *ret)
{
	return nw_reply_begins(line, "220 ", ret) || nw_reply_begins(line, "220-", ret);
}
