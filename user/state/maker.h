/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the catalogue says of makers, as facts of the start: who makes more than cameras, what is not
 * allowed to whom, whose devices a brand sells, and by which words a maker's devices are known.
 * Written by user/state/maker.c alone. A set of makers is a mask of their places.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

#define NW_MAKERS_MAX 64 /* a set is one word */
#define NW_MAKER_ID   26

struct nw_maker {
	char id[NW_MAKER_ID]; /* "hikvision" */
	char name[64];
	bool is_mixed; /* makes other network devices too: a MAC of its says little */
};

struct nw_restriction {
	char maker[NW_MAKER_ID];
	char where[24];
	char since[12];
	char what[256];
};

/* Where a maker's word stands. */
enum nw_sign_place {
	NW_SIGN_SERVER, /* RTSP's or HTTP's */
	NW_SIGN_REALM,
	NW_SIGN_CERTIFICATE, /* up to here they are a server's */
	NW_SIGN_PATH,	     /* that it is asked for */
	NW_SIGN_MODEL,
	NW_SIGN_TYPE,	  /* of device */
	NW_SIGN_PROTOCOL, /* a decoder's name: that protocol is a maker's own */
	NW_SIGN_COUNT,
};

/* NULL: nobody's in the catalogue. */
const struct nw_maker *nw_maker_find(const struct nw_state *st, const char *id);
bool nw_maker_place(const struct nw_state *st, const char *id, unsigned *ret); /* in a set */
/* The next of a set, from place *at on, which begins as 0; NULL behind the last one. */
const struct nw_maker *nw_maker_of_set(const struct nw_state *st, uint64_t set, unsigned *at);
/* Of this maker, in the catalogue's order; first after NULL. */
const struct nw_restriction *nw_restriction_next(const struct nw_state *st, const char *maker,
						 const struct nw_restriction *after);
/* Whose devices say this; more than one may. 0 = nobody's word. */
uint64_t nw_makers_by_sign(const struct nw_state *st, enum nw_sign_place place, const char *text);
/* The same, and how much of the text is the longest such word. */
uint64_t nw_makers_at_sign(const struct nw_state *st, enum nw_sign_place place, const char *text,
			   size_t *ret_len);
/* Which devices or programs that are no cameras say this: NW_OTHER_*, 0 = none. */
#define NW_OTHER_FILM (1U << 0) /* they send films or television */
#define NW_OTHER_ELSE (1U << 1)
unsigned nw_others_by_sign(const struct nw_state *st, enum nw_sign_place place, const char *text);
/* Whose devices send media from this port; proto: IPPROTO_*. */
uint64_t nw_makers_by_port(const struct nw_state *st, uint8_t proto, uint16_t port);
/* Whose devices are sold under this brand, or are called by the maker's own name. */
uint64_t nw_makers_by_brand(const struct nw_state *st, const char *brand);
/* The only one of a set, or NULL. */
const struct nw_maker *nw_maker_only(const struct nw_state *st, uint64_t set);
