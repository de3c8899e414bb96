/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose service a name or an address is: rows of domains (each with all names below it) and of
 * networks. The longest domain and the longest prefix count; a row put later takes the place of an
 * equal one. No I/O.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

#define NW_VENDORS_MAX 4096
#define NW_VENDOR_WORD 26 /* bytes of a word, with NUL */

struct nw_vendor {
	char name[NW_VENDOR_WORD];    /* "hikvision" */
	char service[NW_VENDOR_WORD]; /* "cloud", "p2p", "update" ... */
};

struct nw_vendors;

NW_MUST_CHECK int nw_vendors_new(struct nw_vendors **ret);
void nw_vendors_free(struct nw_vendors *v);

/* [a-z0-9-], shorter than NW_VENDOR_WORD */
bool nw_vendor_is_word(const char *text);
/* Lower case, two labels at least, letters, digits, "-" and "_". */
bool nw_vendor_is_domain(const char *text);
/*
 * what: a domain or a network ("192.0.2.0/24"), by its form. -EINVAL for anything that is not well
 * formed, -ENOSPC when there is no room.
 */
NW_MUST_CHECK int nw_vendors_put(struct nw_vendors *v, const char *what, const char *name,
				 const char *service);

/* Any case, with or without the last dot; NULL when it is nobody's here. */
const struct nw_vendor *nw_vendors_by_name(const struct nw_vendors *v, const char *name);
const struct nw_vendor *nw_vendors_by_addr(const struct nw_vendors *v, const uint8_t addr[16]);
