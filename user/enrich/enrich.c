/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files are, and the parts that read them. Owns those parts. Data that comes with
 * nvrwatch is looked for beside the program that runs: ../share/nvrwatch of an installed one, data/
 * of the tree that it was built in.
 */
#include "enrich/enrich.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "enrich/catalogue.h"
#include "enrich/geo.h"
#include "enrich/oui.h"
#include "enrich/vendors.h"
#include "log.h"

#define PATH_LEN      512
#define VENDOR_LEN    128
#define RECORDERS_MAX 256
#define RECORDER_LEN  256
#define ROOTS_MAX     64

struct nw_enrich {
	struct nw_geo *geo;
	struct nw_oui *oui; /* NULL: its table is missing */
	bool has_places;
	unsigned vendors;
	char (*vendor)[VENDOR_LEN]; /* rows as they are told */
	unsigned recorders;
	char (*recorder)[RECORDER_LEN]; /* the same */
	unsigned roots;
	char *root[ROOTS_MAX]; /* of recordings */
};

/* The folder with our own data; "" when there is none. */
static void find_data(char ret[PATH_LEN])
{
	static const char *const ways[] = { "../share/nvrwatch", "../data", "../../data",
					    "../../../data" };
	char exe[PATH_LEN / 2];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	ret[0] = '\0';
	if (n <= 0) {
		return;
	}
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash) {
		return;
	}
	*slash = '\0';
	for (size_t i = 0; i < NW_ARRAY_SIZE(ways); i++) {
		char file[PATH_LEN + 16];
		struct stat st;

		(void)snprintf(ret, PATH_LEN, "%s/%s", exe, ways[i]);
		(void)snprintf(file, sizeof(file), "%s/oui.tsv", ret);
		if (stat(file, &st) == 0 && S_ISREG(st.st_mode)) {
			return;
		}
	}
	ret[0] = '\0';
}

static int open_oui(struct nw_enrich *e, const char *data)
{
	/* where update-ieee-data(8) puts newer ones, where the package has its own */
	static const char *const registry[] = { "/var/lib/ieee-data", "/usr/share/ieee-data" };
	char file[PATH_LEN + 16];
	int r;

	(void)snprintf(file, sizeof(file), "%s/oui.tsv", data);
	r = nw_oui_open(file, &e->oui);
	if (r == 0) {
		nw_oui_add_registry(e->oui, registry, NW_ARRAY_SIZE(registry));
	}
	return r;
}

static int add_vendors(struct nw_enrich *e, const struct nw_catalogue_row *rows, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const char *what = rows[i].network ? rows[i].network : rows[i].name;

		if (e->vendors == NW_VENDORS_MAX) {
			nw_err("the catalogue has more than %u domains and ranges", NW_VENDORS_MAX);
			return -E2BIG;
		}
		(void)snprintf(e->vendor[e->vendors++], VENDOR_LEN, "%s %s %s", what, rows[i].maker,
			       rows[i].service);
	}
	return 0;
}

/* A path with a blank can't be told, and none of a package has one. */
static int add_recorder(struct nw_enrich *e, const char *kind, char *const *list, unsigned n,
			const char *name)
{
	for (unsigned i = 0; i < n; i++) {
		if (strchr(list[i], ' ')) {
			continue;
		}
		if (e->recorders == RECORDERS_MAX) {
			nw_err("the catalogue has more than %u recorders", RECORDERS_MAX);
			return -E2BIG;
		}
		(void)snprintf(e->recorder[e->recorders++], RECORDER_LEN, "%s %s %s", kind, list[i],
			       name);
	}
	return 0;
}

static int add_roots(struct nw_enrich *e, const struct nw_catalogue_row *row)
{
	for (unsigned i = 0; i < row->roots_count; i++) {
		if (e->roots == ROOTS_MAX) {
			nw_err("the catalogue has more than %u roots of recordings", ROOTS_MAX);
			return -E2BIG;
		}
		e->root[e->roots] = strdup(row->roots[i]);
		if (!e->root[e->roots]) {
			return -ENOMEM;
		}
		e->roots++;
	}
	return 0;
}

static int add_recorders(struct nw_enrich *e, const struct nw_catalogue_row *rows, unsigned n)
{
	int r = 0;

	for (unsigned i = 0; i < n && r == 0; i++) {
		r = add_recorder(e, "exe", rows[i].exe, rows[i].exe_count, rows[i].name);
		r = r < 0 ? r
			  : add_recorder(e, "unit", rows[i].units, rows[i].units_count,
					 rows[i].name);
	}
	return r;
}

static int take_catalogue(void *ctx, const char *file, const struct nw_catalogue *c)
{
	struct nw_enrich *e = ctx;
	int r = add_vendors(e, c->domains, c->domains_count);

	(void)file;
	for (unsigned i = 0; r == 0 && i < c->recorders_count; i++) {
		r = add_roots(e, &c->recorders[i]);
	}
	r = r < 0 ? r : add_vendors(e, c->ranges, c->ranges_count);
	return r < 0 ? r : add_recorders(e, c->recorders, c->recorders_count);
}

static int open_catalogue(struct nw_enrich *e, const char *data)
{
	char folder[PATH_LEN + 16];
	int r = 0;

	e->vendor = calloc(NW_VENDORS_MAX, sizeof(*e->vendor));
	e->recorder = calloc(RECORDERS_MAX, sizeof(*e->recorder));
	if (!e->vendor || !e->recorder) {
		return -ENOMEM;
	}
	if (data[0]) {
		(void)snprintf(folder, sizeof(folder), "%s/catalogue", data);
		r = nw_catalogue_each(folder, take_catalogue, e);
	}
	return r < 0 ? r : nw_catalogue_each(NW_ENRICH_SITE, take_catalogue, e);
}

int nw_enrich_open(const struct nw_geo_files *geo, struct nw_enrich **ret)
{
	struct nw_enrich *e = calloc(1, sizeof(*e));
	char data[PATH_LEN];
	int r = e ? 0 : -ENOMEM;

	r = r < 0 ? r : nw_geo_open(geo->country, geo->asn, &e->geo);
	find_data(data);
	if (r == 0 && !data[0]) {
		nw_warn("the data of nvrwatch is not beside it: makers and services are not told");
	} else if (r == 0) {
		r = open_oui(e, data);
	}
	r = r < 0 ? r : open_catalogue(e, data);
	if (r < 0) {
		nw_enrich_free(e);
		return r;
	}
	e->has_places = geo->country || geo->asn;
	*ret = e;
	return 0;
}

void nw_enrich_free(struct nw_enrich *e)
{
	if (e) {
		nw_geo_free(e->geo);
		nw_oui_free(e->oui);
		for (unsigned i = 0; i < e->roots; i++) {
			free(e->root[i]);
		}
		free(e->vendor);
		free(e->recorder);
		free(e);
	}
}

void nw_enrich_vendors(const struct nw_enrich *e, void (*tell)(void *ctx, const char *value),
		       void *ctx)
{
	for (unsigned i = 0; i < e->vendors; i++) {
		tell(ctx, e->vendor[i]);
	}
}

void nw_enrich_recorders(const struct nw_enrich *e, void (*tell)(void *ctx, const char *value),
			 void *ctx)
{
	for (unsigned i = 0; i < e->recorders; i++) {
		tell(ctx, e->recorder[i]);
	}
}

void nw_enrich_roots(const struct nw_enrich *e, void (*tell)(void *ctx, const char *path),
		     void *ctx)
{
	for (unsigned i = 0; i < e->roots; i++) {
		tell(ctx, e->root[i]);
	}
}

bool nw_enrich_has_places(const struct nw_enrich *e)
{
	return e->has_places;
}

void nw_enrich_place(const struct nw_enrich *e, const uint8_t addr[16], char ret[NW_ENRICH_TEXT])
{
	struct nw_geo_answer a = { 0 };

	(void)nw_geo_find(e->geo, addr, &a);
	(void)snprintf(ret, NW_ENRICH_TEXT, "%s %u%s%s", a.country[0] ? a.country : "-",
		       (unsigned)a.asn, a.organisation[0] ? " " : "", a.organisation);
}

void nw_enrich_device(struct nw_enrich *e, const uint8_t mac[6], char ret[NW_ENRICH_TEXT])
{
	struct nw_oui_made made = { 0 };

	if (e && e->oui) {
		(void)nw_oui_find(e->oui, mac, &made);
	}
	(void)snprintf(ret, NW_ENRICH_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x %s%s%s", mac[0], mac[1],
		       mac[2], mac[3], mac[4], mac[5], made.maker ? made.maker : "-",
		       made.organisation ? " " : "", made.organisation ? made.organisation : "");
}
