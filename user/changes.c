/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See changes.h. Owns a table of the folders that have a mark, found by what notifications call them:
 * file system and handle. Marks are on folders, so nothing is asked of what else happens on their file
 * systems; a folder that comes to be is taken up when its parent says so, with what is in it by then.
 * A folder that goes is forgotten with all below it.
 */
#include "changes.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>

#include "fan.h"
#include "log.h"
#include "look.h"
#include "nw_hooks.h"
#include "util/lru.h"

#define FOLDERS_MAX 4096
#define DEPTH_MAX   16
#define NOBODY	    0 /* pid: they were there */

struct folder {
	uint64_t fsid;
	int32_t type;
	uint32_t handle_len;
	uint8_t handle[MAX_HANDLE_SZ];
	char *path; /* "" of the root; NULL: not used */
};

struct nw_changes {
	const struct nw_spots *spots;
	struct nw_fan fan;
	unsigned unwatched;
	struct nw_looker looker;
	bool has_looker; /* our own privilege is gone, or soon will be */
	struct nw_lru lru;
	struct folder folder[FOLDERS_MAX];
	/* while they are told */
	uint64_t now_ns;
	nw_changes_feed_fn feed;
	void *ctx;
	union {
		struct nw_ev_change e;
		uint8_t bytes[sizeof(struct nw_ev_change) + NW_CHANGE_PATH_MAX +
			      NW_CHANGE_KIND_MAX + NW_CHANGE_TECHNIQUE_MAX];
	} event;
	struct nw_look look[DEPTH_MAX];
};

/* ---- telling --------------------------------------------------------------------------------- */

static void tell(struct nw_changes *c, pid_t pid, const struct nw_spot *spot, const char *path,
		 uint32_t flags)
{
	struct nw_ev_change *e = &c->event.e;
	size_t len = strlen(path);
	size_t kind = strlen(spot->kind), technique = strlen(spot->technique);

	if (len > NW_CHANGE_PATH_MAX) {
		path += len - NW_CHANGE_PATH_MAX;
		len = NW_CHANGE_PATH_MAX;
		flags |= NW_CHANGE_CUT;
	}
	*e = (struct nw_ev_change){
		.ev = { .size = (uint32_t)(sizeof(*e) + len + kind + technique),
			.hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_CHANGE,
			.what = NW_CHANGE_FILE,
			.ts_ns = c->now_ns },
		.self = { .tgid = (uint32_t)pid },
		.flags = flags,
		.path_len = (uint16_t)len,
		.kind_len = (uint8_t)kind,
		.technique_len = (uint8_t)technique,
	};
	memcpy(e->tail, path, len);
	memcpy(e->tail + len, spot->kind, kind);
	memcpy(e->tail + len + kind, spot->technique, technique);
	c->feed(c->ctx, c->event.bytes, e->ev.size);
}

/* ---- folders --------------------------------------------------------------------------------- */

static uint32_t hash_of(const struct nw_changes *c, uint64_t fsid, const uint8_t *handle,
			uint32_t len)
{
	uint64_t h = nw_hash_mix(c->lru.seed, fsid);

	for (uint32_t i = 0; i < len; i++) {
		h = nw_hash_mix(h, handle[i]);
	}
	return (uint32_t)h;
}

static struct folder *find(struct nw_changes *c, uint64_t fsid, int32_t type, const uint8_t *handle,
			   uint32_t len)
{
	uint32_t hash = hash_of(c, fsid, handle, len);

	for (uint32_t i = nw_lru_first(&c->lru, hash); i != NW_LRU_NONE;
	     i = nw_lru_next(&c->lru, i)) {
		struct folder *f = &c->folder[i];

		if (f->fsid == fsid && f->type == type && f->handle_len == len &&
		    memcmp(f->handle, handle, len) == 0) {
			return f;
		}
	}
	return NULL;
}

static int keep(struct nw_changes *c, const char *path, const struct nw_look *look)
{
	struct folder *f = find(c, look->fsid, look->type, look->handle, look->handle_len);
	char *copy = strdup(path);
	uint32_t i;

	if (!copy) {
		return -ENOMEM;
	}
	if (!f) {
		i = nw_lru_add(&c->lru, hash_of(c, look->fsid, look->handle, look->handle_len));
		if (i == NW_LRU_NONE) {
			free(copy);
			return -ENOSPC;
		}
		f = &c->folder[i];
		*f = (struct folder){ .fsid = look->fsid,
				      .type = look->type,
				      .handle_len = look->handle_len };
		memcpy(f->handle, look->handle, look->handle_len);
	}
	free(f->path);
	f->path = copy;
	return 0;
}

static void forget(struct nw_changes *c, const char *path)
{
	size_t len = strlen(path);

	for (uint32_t i = 0; i < c->lru.fresh; i++) {
		char *p = c->folder[i].path;

		if (p && strncmp(p, path, len) == 0 && (p[len] == '/' || !p[len])) {
			nw_lru_remove(&c->lru, i);
			free(p);
			c->folder[i].path = NULL;
		}
	}
}

static void watch(struct nw_changes *c, const char *path, pid_t pid, unsigned depth);

/* What is in a folder that was taken up: others below it, and files that nobody told of. */
static void go_in(struct nw_changes *c, const char *path, const struct nw_look *look, pid_t pid,
		  unsigned depth)
{
	for (const char *at = look->names; at < look->names + look->names_len;) {
		const char *name = at + 1;
		char below[PATH_MAX];
		int n = snprintf(below, sizeof(below), "%s/%s", path, name);

		if (n < PATH_MAX && *at == 'd') {
			watch(c, below, pid, depth + 1);
		} else if (n < PATH_MAX && pid != NOBODY) {
			const struct nw_spot *spot = nw_spots_of(c->spots, below);

			if (spot) {
				tell(c, pid, spot, below, NW_CHANGE_MADE | NW_CHANGE_THERE);
			}
		}
		at = name + strlen(name) + 1;
	}
}

/* It leads to spots and can't be watched: that is told as a change, if one made it so. */
static void miss(struct nw_changes *c, const char *path, pid_t pid)
{
	static const struct nw_spot folder = { .kind = "folder" };

	c->fan.lost++;
	if (pid != NOBODY) {
		tell(c, pid, &folder, path, NW_CHANGE_MADE | NW_CHANGE_UNSEEN);
	}
}

static void watch(struct nw_changes *c, const char *path, pid_t pid, unsigned depth)
{
	struct nw_look *look = &c->look[NW_MIN(depth, DEPTH_MAX - 1U)];
	const char *name = path[0] ? path : "/";
	int r;

	if (nw_spots_folder(c->spots, path) == NW_SPOTS_NOTHING) {
		return;
	}
	if (depth >= DEPTH_MAX) {
		miss(c, name, pid);
		return;
	}
	if (c->has_looker) {
		nw_looker_ask(&c->looker, name, look);
	} else {
		nw_look(c->fan.fd, c->spots, name, look);
	}
	if (look->error == -ENOENT || look->error == -ENOTDIR || look->error == -ELOOP) {
		return; /* gone already, or replaced */
	}
	r = look->error ? look->error : keep(c, path, look);
	if (r < 0) {
		miss(c, name, pid);
		return;
	}
	c->fan.lost += look->is_cut != 0;
	go_in(c, path, look, pid, depth);
}

/* ---- notifications --------------------------------------------------------------------------- */

static uint32_t flags_of(uint64_t mask)
{
	static const struct {
		uint64_t mask;
		uint32_t flag;
	} flags[] = {
		{ FAN_CREATE, NW_CHANGE_MADE },		  { FAN_MODIFY, NW_CHANGE_WRITTEN },
		{ FAN_CLOSE_WRITE, NW_CHANGE_CLOSED },	  { FAN_MOVED_TO, NW_CHANGE_MOVED_HERE },
		{ FAN_MOVED_FROM, NW_CHANGE_MOVED_AWAY }, { FAN_DELETE, NW_CHANGE_DELETED },
		{ FAN_ATTRIB, NW_CHANGE_ATTRIBUTES },
	};
	uint32_t ret = 0;

	for (size_t i = 0; i < NW_ARRAY_SIZE(flags); i++) {
		ret |= mask & flags[i].mask ? flags[i].flag : 0;
	}
	return ret;
}

/* The folder and the name in it: false when it has none, or none of ours. */
static bool path_of(struct nw_changes *c, const struct fanotify_event_metadata *m,
		    char ret[PATH_MAX])
{
	const struct fanotify_event_info_fid *info =
		(const void *)((const char *)m + m->metadata_len);
	const struct file_handle *h = (const void *)info->handle;
	const char *end = (const char *)m + m->event_len;
	const struct folder *f;
	const char *name;
	uint64_t fsid;

	if ((const char *)(h + 1) > end || info->hdr.info_type != FAN_EVENT_INFO_TYPE_DFID_NAME ||
	    h->handle_bytes > (size_t)(end - (const char *)h->f_handle)) {
		return false;
	}
	name = (const char *)h->f_handle + h->handle_bytes;
	if (!memchr(name, '\0', (size_t)(end - name)) || strcmp(name, ".") == 0) {
		return false;
	}
	memcpy(&fsid, &info->fsid, sizeof(fsid));
	f = find(c, fsid, h->handle_type, h->f_handle, h->handle_bytes);
	return f && snprintf(ret, PATH_MAX, "%s/%s", f->path, name) < PATH_MAX;
}

static void take(void *ctx, const struct fanotify_event_metadata *m)
{
	struct nw_changes *c = ctx;
	const struct nw_spot *spot;
	char path[PATH_MAX];

	if (m->pid == c->fan.self || !path_of(c, m, path)) {
		return;
	}
	if (m->mask & FAN_ONDIR) {
		if (m->mask & (FAN_DELETE | FAN_MOVED_FROM)) {
			forget(c, path);
		}
		if (m->mask & (FAN_CREATE | FAN_MOVED_TO)) {
			watch(c, path, m->pid, 0);
		}
		return;
	}
	spot = nw_spots_of(c->spots, path);
	if (spot) {
		tell(c, m->pid, spot, path, flags_of(m->mask));
	}
}

bool nw_changes_read(struct nw_changes *c)
{
	return c && nw_fan_take(&c->fan);
}

void nw_changes_tell(struct nw_changes *c, uint64_t now_ns, nw_changes_feed_fn feed, void *ctx)
{
	if (c) {
		c->now_ns = now_ns;
		c->feed = feed;
		c->ctx = ctx;
		nw_fan_each(&c->fan, take, c);
	}
}

/* ---- begin and end --------------------------------------------------------------------------- */

int nw_changes_new(const struct nw_spots *spots, struct nw_changes **ret)
{
	const char *root = nw_spots_root(spots);
	struct nw_changes *c = calloc(1, sizeof(*c));
	int r = c ? nw_lru_init(&c->lru, FOLDERS_MAX) : -ENOMEM;

	if (r < 0) {
		free(c);
		return r;
	}
	c->spots = spots;
	c->looker.fd = -1;
	r = nw_fan_open(&c->fan, FAN_REPORT_DFID_NAME, 0, NW_FAN_BLOCK_MAX);
	if (r == 0) {
		watch(c, strcmp(root, "/") == 0 ? "" : root, NOBODY, 0);
	}
	if (r == 0 && c->lru.used == 0) {
		r = c->look[0].error ? c->look[0].error : -ENOENT;
	}
	if (r < 0) {
		nw_changes_free(c);
		return r;
	}
	/* what this kernel or file system has not is no loss */
	c->unwatched = (unsigned)c->fan.lost;
	c->fan.lost = 0;
	*ret = c;
	return 0;
}

void nw_changes_start_helper(struct nw_changes *c)
{
	c->has_looker = true;
	if (nw_looker_start(c->fan.fd, c->spots, &c->looker) < 0) {
		nw_warn("folders that come to be are not watched for changes");
	}
}

void nw_changes_free(struct nw_changes *c)
{
	if (!c) {
		return;
	}
	nw_looker_end(&c->looker);
	nw_fan_close(&c->fan);
	for (uint32_t i = 0; i < FOLDERS_MAX; i++) {
		free(c->folder[i].path);
	}
	nw_lru_free(&c->lru);
	free(c);
}

uint64_t nw_changes_lost(const struct nw_changes *c)
{
	return c ? c->fan.lost : 0;
}

unsigned nw_changes_unwatched(const struct nw_changes *c)
{
	return c->unwatched;
}

unsigned nw_changes_folders(const struct nw_changes *c)
{
	return c->lru.used;
}
