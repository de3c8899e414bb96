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

#include "enrich/geo.h"
#include "enrich/oui.h"
#include "log.h"

#define PATH_LEN 512

struct nw_enrich {
	struct nw_geo *geo;
	struct nw_oui *oui; /* NULL: its table is missing */
	bool has_places;
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

int nw_enrich_open(const struct nw_geo_files *geo, struct nw_enrich **ret)
{
	struct nw_enrich *e = calloc(1, sizeof(*e));
	char data[PATH_LEN];
	int r = e ? 0 : -ENOMEM;

	r = r < 0 ? r : nw_geo_open(geo->country, geo->asn, &e->geo);
	find_data(data);
	if (r == 0 && !data[0]) {
		nw_warn("the data of nvrwatch is not beside it: makers are not told");
	} else if (r == 0) {
		r = open_oui(e, data);
	}
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
		free(e);
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
