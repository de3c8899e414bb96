/* SPDX-License-Identifier: Apache-2.0 */
/* Owns nothing; nothing fails. Combining and wide characters are counted as one column each. */
#include "util/line.h"

#include <string.h>

#include "util/macro.h"
#include "util/text.h"

#define PLAIN	  "\033[0m"
#define PLAIN_LEN 4

void nw_line_init(struct nw_line *l, char *buf, size_t size, bool has_colour)
{
	*l = (struct nw_line){
		.start = buf,
		.p = buf,
		.end = buf + size - PLAIN_LEN - 1,
		.has_colour = has_colour,
	};
}

static size_t room(const struct nw_line *l)
{
	return (size_t)(l->end - l->p);
}

/* Moves past n bytes that stand at p; never into half a character. */
static void take(struct nw_line *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		l->column += ((unsigned char)l->p[i] & 0xc0) != 0x80;
	}
	l->p += n;
}

void nw_line_add(struct nw_line *l, const char *text)
{
	size_t len = strlen(text);

	if (len > room(l)) {
		len = room(l);
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	memcpy(l->p, text, len);
	take(l, len);
}

void nw_line_foreign(struct nw_line *l, const char *text, size_t len, size_t max)
{
	size_t size = NW_MIN(room(l), max) + 1; /* its NUL falls on what comes next */

	if (size >= 8) {
		take(l, nw_text_escape(l->p, size, text, len));
	}
}

void nw_line_u64(struct nw_line *l, uint64_t value)
{
	char text[21];

	text[nw_text_u64(text, value)] = '\0';
	nw_line_add(l, text);
}

void nw_line_pad(struct nw_line *l, unsigned column)
{
	do {
		nw_line_add(l, " ");
	} while (l->column < column && room(l) > 0);
}

void nw_line_colour(struct nw_line *l, const char *sgr)
{
	size_t len = strlen(sgr);

	if (l->has_colour && room(l) > len + 3) {
		*l->p++ = '\033';
		*l->p++ = '[';
		memcpy(l->p, sgr, len);
		l->p += len;
		*l->p++ = 'm';
		l->is_coloured = true;
	}
}

void nw_line_plain(struct nw_line *l)
{
	if (l->is_coloured && room(l) >= PLAIN_LEN) {
		memcpy(l->p, PLAIN, PLAIN_LEN);
		l->p += PLAIN_LEN;
		l->is_coloured = false;
	}
}

size_t nw_line_end(struct nw_line *l)
{
	while (l->p > l->start && l->p[-1] == ' ') {
		l->p--;
	}
	l->end += PLAIN_LEN; /* kept for a colour whose end was cut off */
	nw_line_plain(l);
	*l->p++ = '\n';
	return (size_t)(l->p - l->start);
}
