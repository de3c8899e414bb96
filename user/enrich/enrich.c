/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files are, and the parts that read them. Owns those parts. Data that comes with
 * nvrwatch is looked for beside the program that runs: ../share/nvrwatch of an installed one, data/
 * of the tree that it was built in.
 */
#include "enrich/enrich.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "enrich/catalogue.h"
#include "enrich/geo.h"
#include "enrich/oui.h"
#include "enrich/vendors.h"
#include "log.h"

#define PATH_LEN 512
#define ROW_LEN	 400
#define ROWS_MAX 8192

/* One of the catalogue, as it is told. */
struct row {
	unsigned kind;
	char text[ROW_LEN];
};

struct nw_enrich {
	struct nw_geo *geo;
	struct nw_oui *oui; /* NULL: its table is missing */
	bool has_places;
	unsigned rows;
	struct row *row;
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

enum kind {
	MAKER,
	RESTRICTION,
	BRAND,
	SIGN,
	OTHER,
	PORT,
	VENDOR,
	RECORDER,
	ROOT,	 /* asked for by itself */
	SPOT,	 /* so are these */
	LIBRARY, /* and these */
	KINDS,
};

static int add(struct nw_enrich *e, enum kind kind, const char *fmt, ...) NW_PRINTF(3, 4);

static int add(struct nw_enrich *e, enum kind kind, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (e->rows == ROWS_MAX) {
		nw_err("the catalogue has more than %u rows that are told", ROWS_MAX);
		return -E2BIG;
	}
	e->row[e->rows].kind = kind;
	va_start(ap, fmt);
	n = vsnprintf(e->row[e->rows].text, ROW_LEN, fmt, ap);
	va_end(ap);
	e->rows += n > 0 && n < ROW_LEN; /* longer than any that state would keep */
	return 0;
}

static int add_row(struct nw_enrich *e, enum kind kind, const struct nw_catalogue_row *r)
{
	switch (kind) {
	case MAKER:
		return add(e, kind, "%s\t%s\t%s", r->id, r->beside ? "mixed" : "cameras", r->name);
	case RESTRICTION:
		return add(e, kind, "%s\t%s\t%s\t%s", r->maker, r->where, r->since, r->what);
	case BRAND:
	case LIBRARY:
		return add(e, kind, "%s\t%s", r->maker, r->name);
	case SIGN:
		return add(e, kind, "%s\t%s\t%s", r->maker, r->place, r->begins);
	case OTHER:
		return add(e, kind, "%s\t%s\t%s", r->kind, r->place, r->begins);
	case PORT:
		return add(e, kind, "%s\t%s\t%u\t%u\t%s", r->maker, r->proto, r->port,
			   r->last ? r->last : r->port, r->service);
	case SPOT:
		return add(e, kind, "%s %s %s", r->kind, r->technique, r->path);
	default:
		return add(e, kind, "%s %s %s", r->network ? r->network : r->name, r->maker,
			   r->service);
	}
}

/* A path with a blank can't be told, and none of a package has one. */
static int add_words(struct nw_enrich *e, const char *word, char *const *list, unsigned n,
		     const char *name)
{
	int r = 0;

	for (unsigned i = 0; i < n && r == 0; i++) {
		if (!strchr(list[i], ' ')) {
			r = add(e, RECORDER, "%s %s %s", word, list[i], name);
		}
	}
	return r;
}

static int add_recorder(struct nw_enrich *e, const struct nw_catalogue_row *row)
{
	int r = add_words(e, "exe", row->exe, row->exe_count, row->name);

	r = r < 0 ? r : add_words(e, "unit", row->units, row->units_count, row->name);
	for (unsigned i = 0; i < row->roots_count && r == 0; i++) {
		r = add(e, ROOT, "%s", row->roots[i]);
	}
	return r;
}

static int take_catalogue(void *ctx, const char *file, const struct nw_catalogue *c)
{
	const struct {
		const struct nw_catalogue_row *rows;
		unsigned count;
		enum kind kind;
	} lists[] = {
		{ c->makers, c->makers_count, MAKER },
		{ c->restrictions, c->restrictions_count, RESTRICTION },
		{ c->rebrands, c->rebrands_count, BRAND },
		{ c->signs, c->signs_count, SIGN },
		{ c->others, c->others_count, OTHER },
		{ c->ports, c->ports_count, PORT },
		{ c->libraries, c->libraries_count, LIBRARY },
		{ c->domains, c->domains_count, VENDOR },
		{ c->ranges, c->ranges_count, VENDOR },
		{ c->spots, c->spots_count, SPOT },
	};
	int r = 0;

	(void)file;
	for (size_t i = 0; i < NW_ARRAY_SIZE(lists); i++) {
		for (unsigned n = 0; r == 0 && n < lists[i].count; n++) {
			r = add_row(ctx, lists[i].kind, &lists[i].rows[n]);
		}
	}
	for (unsigned n = 0; r == 0 && n < c->recorders_count; n++) {
		r = add_recorder(ctx, &c->recorders[n]);
	}
	return r;
}

/* ---- makers, by whose id others name them ------------------------------------------------------ */

static const char *next_maker(const struct nw_enrich *e, unsigned *i)
{
	while (*i < e->rows) {
		const struct row *row = &e->row[(*i)++];

		if (row->kind == MAKER) {
			return row->text;
		}
	}
	return NULL;
}

static bool is_id(const char *text, const char *id)
{
	size_t len = strlen(id);

	return strncmp(text, id, len) == 0 && text[len] == '\t';
}

static bool has_maker(const struct nw_enrich *e, const char *id)
{
	const char *text;

	for (unsigned i = 0; (text = next_maker(e, &i));) {
		if (is_id(text, id)) {
			return true;
		}
	}
	return false;
}

/* What is told of a maker that nobody knows is told of nobody. Whose a service is may be any word. */
static int check_makers(void *ctx, const char *file, const struct nw_catalogue *c)
{
	const struct {
		const struct nw_catalogue_row *rows;
		unsigned count;
		const char *list;
	} lists[] = {
		{ c->restrictions, c->restrictions_count, "restrictions" },
		{ c->rebrands, c->rebrands_count, "rebrands" },
		{ c->signs, c->signs_count, "signs" },
		{ c->ports, c->ports_count, "ports" },
		{ c->libraries, c->libraries_count, "libraries" },
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(lists); i++) {
		for (unsigned n = 0; n < lists[i].count; n++) {
			if (!has_maker(ctx, lists[i].rows[n].maker)) {
				nw_err("%s: '%s' names the maker '%s', but no row of 'makers' has this id",
				       file, lists[i].list, lists[i].rows[n].maker);
				return -EINVAL;
			}
		}
	}
	return 0;
}

/* One that is given again takes the place of the earlier one. */
static int count_makers(const struct nw_enrich *e)
{
	const char *text;
	unsigned n = 0;

	for (unsigned i = 0; (text = next_maker(e, &i));) {
		const char *later;
		bool is_last = true;

		for (unsigned k = i; is_last && (later = next_maker(e, &k));) {
			is_last = strncmp(later, text, strcspn(text, "\t") + 1) != 0;
		}
		n += is_last;
	}
	if (n > NW_CATALOGUE_MAKERS) {
		nw_err("the catalogue has %u makers, of which %u find room", n,
		       NW_CATALOGUE_MAKERS);
		return -E2BIG;
	}
	return 0;
}

static int open_catalogue(struct nw_enrich *e, const char *data)
{
	char folder[PATH_LEN + 16];
	int r = 0;

	e->row = calloc(ROWS_MAX, sizeof(*e->row));
	if (!e->row) {
		return -ENOMEM;
	}
	if (data[0]) {
		(void)snprintf(folder, sizeof(folder), "%s/catalogue", data);
		r = nw_catalogue_each(folder, take_catalogue, e);
	}
	r = r < 0 ? r : nw_catalogue_each(NW_ENRICH_SITE, take_catalogue, e);
	/* again: a file may name makers of one behind it */
	r = r < 0 || !data[0] ? r : nw_catalogue_each(NW_ENRICH_SITE, check_makers, e);
	return r < 0 ? r : count_makers(e);
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
		free(e->row);
		free(e);
	}
}

void nw_enrich_catalogue(const struct nw_enrich *e, nw_enrich_tell tell, void *ctx)
{
	static const char *const keys[ROOT] = { "maker", "restriction", "brand",  "sign",
						"other", "port",	"vendor", "recorder" };

	for (enum kind kind = 0; kind < ROOT; kind++) {
		for (unsigned i = 0; i < e->rows; i++) {
			if (e->row[i].kind == kind) {
				tell(ctx, keys[kind], e->row[i].text);
			}
		}
	}
}

void nw_enrich_roots(const struct nw_enrich *e, void (*tell)(void *ctx, const char *path),
		     void *ctx)
{
	for (unsigned i = 0; i < e->rows; i++) {
		if (e->row[i].kind == ROOT) {
			tell(ctx, e->row[i].text);
		}
	}
}

void nw_enrich_spots(const struct nw_enrich *e,
		     void (*tell)(void *ctx, const char *path, const char *kind,
				  const char *technique),
		     void *ctx)
{
	for (unsigned i = 0; i < e->rows; i++) {
		char kind[64], technique[32];
		int at = 0;

		if (e->row[i].kind == SPOT &&
		    sscanf(e->row[i].text, "%63s %31s %n", kind, technique, &at) == 2) {
			tell(ctx, e->row[i].text + at, kind, technique);
		}
	}
}

void nw_enrich_libraries(const struct nw_enrich *e,
			 void (*tell)(void *ctx, const char *name, const char *text), void *ctx)
{
	for (unsigned i = 0; i < e->rows; i++) {
		if (e->row[i].kind == LIBRARY) {
			tell(ctx, strchr(e->row[i].text, '\t') + 1, e->row[i].text);
		}
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
