/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in the labels of names: whether what they hold in hexadecimal, base32 or base64 (RFC 4648) is
 * text once it is decoded. Digests, random identifiers and words are not. Sums are the caller's, zero
 * at first; nothing is allocated.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum nw_coding {
	NW_CODING_HEX,
	NW_CODING_BASE32,
	NW_CODING_BASE64,
	NW_CODINGS,
};

struct nw_coded_table {
	uint8_t value[NW_CODINGS][256]; /* of characters */
};

struct nw_coded {
	uint32_t labels; /* that have the alphabet of it */
	uint32_t bytes;	 /* that the beginning of each decodes to */
	uint32_t text;	 /* of these, printable ones of ASCII, tab and line ends */
};

struct nw_coded_sums {
	struct nw_coded of[2][NW_CODINGS]; /* newer, older */
};

void nw_coded_init(struct nw_coded_table *t);

/* What is new in a label, from p to `end`. */
void nw_coded_label(const struct nw_coded_table *t, struct nw_coded_sums *s, const char *p,
		    const char *end);

/* What is older than the last turn is forgotten. */
void nw_coded_turn(struct nw_coded_sums *s);

/* Of the coding whose labels decode to text, most of it; all zero where there is none. */
struct nw_coded nw_coded_text(const struct nw_coded_sums *s);
