/* SPDX-License-Identifier: Apache-2.0 */
/* Which folders hold recordings, and what tells who uses them, as facts "files.<number>". */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "host.h"
#include "log.h"

/*
 * Only what is there: most recorders of the catalogue are not on this host. And only on a file system
 * that is not the host's own: the kernel opens for us whatever is opened there, FIFOs too, which is a
 * thing to be asked for. A folder that somebody made a link is none.
 */
static bool is_fit(const char *path)
{
	struct stat own;
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && stat("/", &own) == 0 &&
	       st.st_dev != own.st_dev;
}

static void add_default(void *ctx, const char *path)
{
	if (is_fit(path) && nw_files_add(ctx, path) < 0) {
		nw_warn("too many folders of recordings: %s is not watched", path);
	}
}

void nw_host_find_roots(struct nw_files *f, const struct nw_config *config,
			const struct nw_enrich *enrich)
{
	for (unsigned i = 0; i < config->recording_roots_count; i++) {
		if (nw_files_add(f, config->recording_roots[i]) < 0) {
			nw_warn("too many recording_roots: %s is not watched",
				config->recording_roots[i]);
		}
	}
	if (!config->recording_roots_count && enrich) {
		nw_enrich_roots(enrich, add_default, f);
	}
}

void nw_host_files(struct nw_host *h)
{
	bool has_scan = nw_load_status(h->loader, NW_HOOK_FD_SCAN)->state != NW_HOOK_STATE_OFF;

	if (nw_files_new(&h->files) < 0) {
		return;
	}
	nw_host_find_roots(h->files, h->config, h->enrich);
	for (unsigned i = 0; i < nw_files_roots(h->files); i++) {
		const struct nw_files_root *r = nw_files_root(h->files, i);
		char key[24];
		char value[PATH_MAX + 256];
		char tier[NW_FILES_TIER];

		nw_files_tier(r, has_scan, tier);
		if (r->inode) {
			nw_load_watch_root(h->loader, i, r->dev, r->inode);
		}
		if (r->error) {
			nw_warn("recordings in %s: %s", r->path, tier);
		}
		(void)snprintf(key, sizeof(key), "files.%u", i);
		(void)snprintf(value, sizeof(value), "%s\n%s", r->path, tier);
		nw_host_fact(h, key, value);
	}
}
