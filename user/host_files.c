/* SPDX-License-Identifier: Apache-2.0 */
/* Which folders hold recordings, and what tells who uses them, as facts "files.<number>". */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

static void note_default(void *ctx, const char *path)
{
	bool *has = ctx;

	*has = *has || is_fit(path);
}

bool nw_host_has_roots(const struct nw_config *config, const struct nw_enrich *enrich)
{
	bool has = config->recording_roots_count > 0;

	if (!has && enrich) {
		nw_enrich_roots(enrich, note_default, &has);
	}
	return has;
}

void nw_host_files_tier(const struct nw_loader *l, const struct nw_files_root *r,
			char ret[NW_HOST_TIER])
{
	static const char *const reading[] = { [NW_READING_NONE] = "",
					       [NW_READING_PART] = NW_ROOT_IN_PART ", ",
					       [NW_READING_ALL] = "read, " };
	bool has_scan = nw_load_status(l, NW_HOOK_FD_SCAN)->state != NW_HOOK_STATE_OFF;
	char tier[NW_FILES_TIER];

	nw_files_tier(r, has_scan, tier);
	(void)snprintf(ret, NW_HOST_TIER, "%s%s", r->inode ? reading[nw_load_reading(l)] : "",
		       tier);
}

/* What the kernel's super block calls the file system: as in the list of mounts. On Btrfs stat() has a
 * number for each subvolume. */
static uint32_t sdev_of(const struct nw_files_root *r)
{
	uint32_t found = r->dev;
	struct statx sx;
	char line[1024];
	FILE *f;

	if (statx(AT_FDCWD, r->path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &sx) < 0 ||
	    !(sx.stx_mask & STATX_MNT_ID)) {
		return found;
	}
	f = fopen("/proc/self/mountinfo", "re");
	while (f && fgets(line, sizeof(line), f)) {
		char *at; /* "<mount> <parent> <major>:<minor> …" */
		unsigned long id = strtoul(line, &at, 10);
		unsigned long major = (strtoul(at, &at, 10), strtoul(at, &at, 10));

		if (id == sx.stx_mnt_id && *at == ':') {
			found = (uint32_t)(major << 20 | strtoul(at + 1, NULL, 10));
			break;
		}
	}
	if (f) {
		(void)fclose(f);
	}
	return found;
}

static void watch_root(struct nw_host *h, unsigned i)
{
	const struct nw_files_root *r = nw_files_root(h->files, i);
	const struct nw_root root = { .inode = r->inode, .dev = r->dev, .sdev = sdev_of(r) };

	if (r->inode) {
		nw_load_watch_root(h->loader, i, &root);
	}
}

void nw_host_files(struct nw_host *h)
{
	if (nw_files_new(&h->files) < 0) {
		return;
	}
	nw_host_find_roots(h->files, h->config, h->enrich);
	for (unsigned i = 0; i < nw_files_roots(h->files); i++) {
		watch_root(h, i);
	}
	if (nw_files_roots(h->files)) {
		nw_load_watch_reading(h->loader);
	}
	for (unsigned i = 0; i < nw_files_roots(h->files); i++) {
		const struct nw_files_root *r = nw_files_root(h->files, i);
		char key[24];
		char value[PATH_MAX + 256];
		char tier[NW_HOST_TIER];

		nw_host_files_tier(h->loader, r, tier);
		if (r->error) {
			nw_warn("recordings in %s: %s", r->path, tier);
		}
		(void)snprintf(key, sizeof(key), "files.%u", i);
		(void)snprintf(value, sizeof(value), "%s\n%s", r->path, tier);
		nw_host_fact(h, key, value);
	}
}
