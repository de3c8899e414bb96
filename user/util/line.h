/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line for people in a bounded buffer: foreign text escaped, columns aligned by what is seen and
 * not by bytes, colour or none. What does not fit is cut; the newline always fits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nw_line {
	char *start, *p, *end; /* end leaves room for the colour's end and the newline */
	unsigned column;       /* characters seen so far */
	bool has_colour;
	bool is_coloured; /* now */
};

#define NW_LINE_SIZE_MIN 64

/* size >= NW_LINE_SIZE_MIN */
void nw_line_init(struct nw_line *l, char *buf, size_t size, bool has_colour);
/* Our own words: valid UTF-8, nothing to escape, no colour in them. */
void nw_line_add(struct nw_line *l, const char *text);
/* Theirs: at most max bytes of the escaped form, max >= 8; a cut ends in "…". */
void nw_line_foreign(struct nw_line *l, const char *text, size_t len, size_t max);
void nw_line_u64(struct nw_line *l, uint64_t value);
/* Spaces up to a column, at least one when there is something before it. */
void nw_line_pad(struct nw_line *l, unsigned column);
/* "31;1" (SGR) until nw_line_plain(); not nested. */
void nw_line_colour(struct nw_line *l, const char *sgr);
void nw_line_plain(struct nw_line *l);
/* Spaces at the end go, a newline comes. Returns the length. */
size_t nw_line_end(struct nw_line *l);
