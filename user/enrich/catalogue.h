/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue: what is known of makers, the names and addresses of their services, ports, rules
 * about them, and recorders. YAML files, each row with its source and the day that it is of; those
 * that come with nvrwatch, and on top of them those of the site.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/macro.h"

#define NW_CATALOGUE_MAKERS 64 /* that are told, of all files together: a set of them is one word */

/* One row of any list: what its list does not have is NULL or 0. All text is NUL-terminated. */
struct nw_catalogue_row {
	char *name;    /* of a maker or recorder, for people; the domain; the brand */
	char *id;      /* makers: the word by which all others name it */
	char *maker;   /* that word */
	char *country; /* makers: of the seat, ISO 3166-1 */
	char *network;
	char *service; /* "cloud", "p2p", "relay", "update" ... */
	uint16_t port;
	uint16_t last; /* ports: of a range, else 0 */
	char *proto;   /* tcp or udp */
	char *what;    /* restrictions: what is not allowed to whom */
	char *where;
	char *since;
	char *beside; /* makers: what else they make */
	char *place;  /* signs, others: "server", "realm" ... */
	char *begins;
	char *path;	 /* spots: a pattern, as in spots.h */
	char *kind;	 /* of a spot; others: "film", "door" ... */
	char *technique; /* of ATT&CK */
	char **exe;	 /* recorders: paths or their beginnings */
	unsigned exe_count;
	char **units;
	unsigned units_count;
	char **roots; /* where recordings lie by default */
	unsigned roots_count;
	char *source;
	char *date; /* of the source, else the day on which it was read: YYYY, YYYY-MM, YYYY-MM-DD */
	char *note;
};

/* A file's lists, by their keys. */
struct nw_catalogue {
	struct nw_catalogue_row *makers;
	unsigned makers_count;
	struct nw_catalogue_row *rebrands;
	unsigned rebrands_count;
	struct nw_catalogue_row *domains;
	unsigned domains_count;
	struct nw_catalogue_row *ranges;
	unsigned ranges_count;
	struct nw_catalogue_row *ports;
	unsigned ports_count;
	struct nw_catalogue_row *restrictions;
	unsigned restrictions_count;
	struct nw_catalogue_row *recorders;
	unsigned recorders_count;
	struct nw_catalogue_row *signs;
	unsigned signs_count;
	struct nw_catalogue_row *others;
	unsigned others_count;
	struct nw_catalogue_row *spots;
	unsigned spots_count;
	struct nw_catalogue_row *libraries;
	unsigned libraries_count;
};

/* One file. Logs what is wrong, with file and line: -EINVAL, or -errno. */
NW_MUST_CHECK int nw_catalogue_load(const char *file, struct nw_catalogue **ret);
void nw_catalogue_free(struct nw_catalogue *c);

/*
 * Each *.yaml of a folder, in the order of their names. A folder that is missing has none. The
 * first file that is wrong ends it, and so does each() with an error.
 */
typedef int (*nw_catalogue_fn)(void *ctx, const char *file, const struct nw_catalogue *c);
NW_MUST_CHECK int nw_catalogue_each(const char *folder, nw_catalogue_fn each, void *ctx);
