/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much the names below one domain of DNS can carry: characters of labels that were not there
 * before by their entropy, but for what a label has from the one before it at either end; labels that
 * come again as words of a code book; whether what is new has the form of a digest, as who looks up
 * hashes of files or mails asks, or is text in a coding. A book is the caller's, zero at first;
 * nothing is allocated.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dns_coded.h"
#include "output.h"

#define NW_CARRY_BITS	32768 /* of what was seen, by hash; two generations */
#define NW_CARRY_PLACES 8     /* labels from the left; those behind are one place */
#define NW_CARRY_CHARS	40    /* letters in one case, digits, "-", "_", other bytes */

struct nw_carry_table {
	double bits[256]; /* n log2 n */
	struct nw_coded_table coded;
};

struct nw_carry_book {
	uint64_t seen[2][NW_CARRY_BITS / 64];
	uint32_t filled;		  /* bits of the newer generation */
	uint32_t labels[NW_CARRY_PLACES]; /* different ones at each place, so far */
	char last[NW_CARRY_PLACES][64];	  /* and the newest of them */
	/* of names that carry as much as an identifier: */
	uint32_t data_names;
	uint64_t data_len, data_len_squares; /* characters that were new, without hyphens */
	uint32_t count[NW_CARRY_CHARS];
	struct nw_coded_sums coded; /* of labels that were new */
};

struct nw_carried {
	uint32_t len;	/* characters below the domain, without dots */
	uint32_t bytes; /* that they can carry */
	bool is_long;	/* longer than any digest or pair of identifiers, and new */
};

void nw_carry_init(struct nw_carry_table *t);

/* From here on nothing that was seen so far needs be remembered for long. */
void nw_carry_turn(struct nw_carry_book *b);

/* Not seen lately; remembers it. */
bool nw_carry_is_new(struct nw_carry_book *b, uint64_t hash);

/*
 * Where in a name data can begin: behind an address turned round (RFC 1035 3.5, RFC 3596 2.5, RFC 5782
 * 2), that is four numbers, or sixteen single hex digits and more. `base` ends it: the domain.
 */
const char *nw_carry_start(const char *name, const char *base);

/* False, and nothing is counted: the name was there before. */
bool nw_carry_name(const struct nw_carry_table *t, struct nw_carry_book *b, const char *name,
		   const char *base, struct nw_carried *ret);

/* All alike and as long as a digest of 128, 160 or 256 bits in their alphabet, evenly used. */
bool nw_carry_is_digest(const struct nw_carry_book *b);

/* Has an answer of this type data of the domain's owner: no address, nothing of DNS's own? */
bool nw_carry_holds_data(uint16_t type);

/* Bytes that the answers of a response can bring; wire_len: of the message. */
uint32_t nw_carry_answer(struct nw_carry_book *b, const struct nw_dns *dns, uint32_t wire_len);
