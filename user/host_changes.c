/* SPDX-License-Identifier: Apache-2.0 */
/* Where this host looks for what it starts by itself, watched from here on, as the fact "changes". */
#include <stdio.h>
#include <string.h>

#include "changes.h"
#include "host.h"
#include "log.h"

static void add_spot(void *ctx, const char *path, const char *kind, const char *technique)
{
	if (nw_spots_add(ctx, path, kind, technique) < 0) {
		nw_warn("%s is not watched for changes", path);
	}
}

static int begin(const struct nw_config *config, const struct nw_enrich *enrich,
		 struct nw_spots **ret_spots, struct nw_changes **ret)
{
	int r = nw_spots_new(config->host_root ? config->host_root : "/", ret_spots);

	if (r < 0) {
		return r;
	}
	if (enrich) {
		nw_enrich_spots(enrich, add_spot, *ret_spots);
	}
	for (unsigned i = 0; i < config->spots_count; i++) {
		const struct nw_spot_decl *d = &config->spots[i];

		add_spot(*ret_spots, d->path, d->kind, d->technique ? d->technique : "");
	}
	return nw_changes_new(*ret_spots, ret);
}

static void say(int r, const struct nw_spots *spots, const struct nw_changes *c,
		char ret[NW_HOST_CHANGES])
{
	if (r < 0) {
		(void)snprintf(ret, NW_HOST_CHANGES, "off: %s", strerror(-r));
		return;
	}
	(void)snprintf(ret, NW_HOST_CHANGES, "%u patterns, %u folders", nw_spots_count(spots),
		       nw_changes_folders(c));
	if (nw_changes_unwatched(c)) {
		size_t len = strlen(ret);

		(void)snprintf(ret + len, NW_HOST_CHANGES - len, ", %u that can't be watched",
			       nw_changes_unwatched(c));
	}
}

void nw_host_changes(struct nw_host *h)
{
	char text[NW_HOST_CHANGES];
	int r = begin(h->config, h->enrich, &h->spots, &h->changes);

	if (r == 0) {
		nw_changes_start_helper(h->changes);
	}
	say(r, h->spots, h->changes, text);
	if (r < 0) {
		nw_warn("changes of what this host starts are not seen: %s", strerror(-r));
	}
	nw_host_fact(h, "changes", text);
}

void nw_host_changes_tier(const struct nw_config *config, const struct nw_enrich *enrich,
			  char ret[NW_HOST_CHANGES])
{
	struct nw_spots *spots = NULL;
	struct nw_changes *c = NULL;
	int r = begin(config, enrich, &spots, &c);

	say(r, spots, c, ret);
	nw_changes_free(c);
	nw_spots_free(spots);
}
