/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All knowledge that lies in files, opened together at the start, while every file can be read, and
 * asked afterwards without opening any. Its answers are the values of facts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "util/macro.h"

#define NW_ENRICH_TEXT 320 /* longest answer, with NUL */
#define NW_ENRICH_SITE "/etc/nvrwatch/catalogue.d"

struct nw_enrich;

/* What the configuration names must be there and be good; what comes with nvrwatch may be missing,
 * which is said and is no error. Logs; -errno. */
NW_MUST_CHECK int nw_enrich_open(const struct nw_geo_files *geo, struct nw_enrich **ret);
void nw_enrich_free(struct nw_enrich *e);

/* All of the catalogue that is told, the site's own last; a key is without its number:
 *	vendor		"<domain or network> <name> <service>"
 *	recorder	"exe <path> <name>", "unit <unit> <name>"
 *	maker, restriction, brand, sign	as state/maker.c reads them
 * A maker comes before what names it. */
typedef void (*nw_enrich_tell)(void *ctx, const char *key, const char *value);
void nw_enrich_catalogue(const struct nw_enrich *e, nw_enrich_tell tell, void *ctx);
/* Each folder in which a recorder of the catalogue keeps its recordings by default. */
void nw_enrich_roots(const struct nw_enrich *e, void (*tell)(void *ctx, const char *path),
		     void *ctx);
/* Each spot of the catalogue, see spots.h: the site's own last. */
void nw_enrich_spots(const struct nw_enrich *e,
		     void (*tell)(void *ctx, const char *path, const char *kind,
				  const char *technique),
		     void *ctx);
/* Each library of the catalogue, the site's own last: its file's name up to its version, and
 * "<maker>\t<library>". */
void nw_enrich_libraries(const struct nw_enrich *e,
			 void (*tell)(void *ctx, const char *name, const char *text), void *ctx);
/* Can any address be placed? */
bool nw_enrich_has_places(const struct nw_enrich *e);
/* "<country or -> <AS or 0> <who operates it>" */
void nw_enrich_place(const struct nw_enrich *e, const uint8_t addr[16], char ret[NW_ENRICH_TEXT]);
/* "<mac> <maker or -> <organisation>" */
void nw_enrich_device(struct nw_enrich *e, const uint8_t mac[6], char ret[NW_ENRICH_TEXT]);
