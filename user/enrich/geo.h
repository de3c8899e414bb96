/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an address is and who operates its network: two facts, from two files in MaxMind's format,
 * each of which may be missing. A country is no operator: a relay in Frankfurt may be anybody's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

struct nw_geo;

struct nw_geo_answer {
	char country[3];	/* ISO 3166-1 alpha-2, "" = not known */
	uint32_t asn;		/* 0 = not known */
	char organisation[128]; /* who operates the AS, as the file has it, "" = not known */
};

/*
 * Paths or NULL. Logs what is wrong, with the file's name: it cannot be opened, is no such file, or
 * has no such answers. The files stay open and mapped.
 */
NW_MUST_CHECK int nw_geo_open(const char *country, const char *asn, struct nw_geo **ret);
void nw_geo_free(struct nw_geo *g);
/* False when nothing at all is known. Neither allocates nor opens anything. */
bool nw_geo_find(const struct nw_geo *g, const uint8_t addr[16], struct nw_geo_answer *ret);
