/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See files.h. One mark for each file system that has a root: a mark on a folder would not see folders
 * that are made later, one on a mount would miss the mounts of containers. The price is that every open
 * and close on that file system comes by here and is dropped by its path. Reads and writes are not asked
 * for: they would cost each read().
 *
 * The kernel opens the file for us when it tells of it (fs/notify/fanotify/fanotify_user.c,
 * create_fd(), which looks no permission up), and our own table of files says its path. That path
 * is as the opener's mount namespace has it; what is no path below a root is known by what was met there
 * (files_known.h).
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fan.h"
#include "files_known.h"
#include "log.h"
#include "nw_hooks.h"
#include "priv.h"

#ifndef FAN_REPORT_FD_ERROR
#define FAN_REPORT_FD_ERROR 0x2000 /* 6.13: one whose file can't be opened comes, and says why */
#endif

/* Each notification of a read() is an open file of ours, until it was looked at, and where no number
 * is left for one it is lost, and before 6.13 nobody says so: 170 at a time, while many programs may
 * have 1,024. */
#define BLOCK_SIZE  4096
#define EVENT_FLAGS (O_NOATIME | O_NONBLOCK)
#define MASK	    (FAN_OPEN | FAN_CLOSE_WRITE | FAN_CLOSE_NOWRITE)
#define DELETED	    " (deleted)"
static_assert(BLOCK_SIZE / sizeof(struct fanotify_event_metadata) <= 256, "open files at a time");

struct nw_files {
	struct nw_fan fan;
	struct nw_files_known known;
	unsigned count;
	struct nw_files_root root[NW_FILE_ROOTS_MAX];
	const char *path[NW_FILE_ROOTS_MAX]; /* theirs */
	/* while they are told */
	uint64_t now_ns;
	nw_files_feed_fn feed;
	void *ctx;
	union {
		struct nw_ev_file e;
		uint8_t bytes[sizeof(struct nw_ev_file) + NW_FILE_PATH_MAX];
	} event;
};

int nw_files_new(struct nw_files **ret)
{
	struct nw_files *f = calloc(1, sizeof(*f));

	if (!f) {
		return -ENOMEM;
	}
	if (nw_files_known_init(&f->known) < 0) {
		nw_files_free(f);
		return -ENOMEM;
	}
	/* O_NONBLOCK: of the files too, whatever they are; each root says why not */
	if (nw_fan_open(&f->fan, FAN_REPORT_FD_ERROR, EVENT_FLAGS, BLOCK_SIZE) == -EINVAL) {
		(void)nw_fan_open(&f->fan, 0, EVENT_FLAGS, BLOCK_SIZE);
	}
	*ret = f;
	return 0;
}

void nw_files_free(struct nw_files *f)
{
	if (f) {
		nw_fan_close(&f->fan);
		nw_files_known_free(&f->known);
		free(f);
	}
}

static uint32_t dev_of(const struct stat *st)
{
	return (uint32_t)(major(st->st_dev) << 20 | minor(st->st_dev));
}

static int open_root(const struct nw_files *f, struct nw_files_root *r, const char *path)
{
	struct stat st;

	if (!realpath(path, r->path)) {
		(void)snprintf(r->path, sizeof(r->path), "%s", path);
		return -errno;
	}
	if (stat(r->path, &st) < 0) {
		return -errno;
	}
	if (!S_ISDIR(st.st_mode)) {
		return -ENOTDIR;
	}
	r->inode = st.st_ino;
	r->dev = dev_of(&st);
	if (f->fan.fd < 0) {
		return f->fan.fd;
	}
	if (fanotify_mark(f->fan.fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, MASK, AT_FDCWD, r->path) <
	    0) {
		return -errno;
	}
	return 0;
}

int nw_files_add(struct nw_files *f, const char *path)
{
	struct nw_files_root *r = &f->root[f->count];

	if (f->count == NW_FILE_ROOTS_MAX) {
		return -ENOSPC;
	}
	*r = (struct nw_files_root){ 0 };
	r->error = open_root(f, r, path);
	for (unsigned i = 0; i < f->count; i++) {
		if (strcmp(f->root[i].path, r->path) == 0) {
			return 0;
		}
	}
	f->path[f->count++] = r->path;
	return 0;
}

unsigned nw_files_roots(const struct nw_files *f)
{
	return f->count;
}

const struct nw_files_root *nw_files_root(const struct nw_files *f, unsigned i)
{
	return &f->root[i];
}

uint64_t nw_files_lost(const struct nw_files *f)
{
	return f ? f->fan.lost : 0;
}

/* The longest root wins: one may lie below another. */
int nw_files_below_of(const char *const *root, unsigned count, const char *path, size_t len,
		      const char **ret_rest)
{
	size_t best = 0;
	int found = -1;

	for (unsigned i = 0; i < count; i++) {
		size_t n = strlen(root[i]);

		if (n == 1) { /* "/" */
			n = 0;
		}
		if (n + 1 > best && len > n + 1 && path[n] == '/' &&
		    memcmp(path, root[i], n) == 0) {
			best = n + 1;
			found = (int)i;
			*ret_rest = path + n + 1;
		}
	}
	return found;
}

static void put_path(struct nw_ev_file *e, const char *rest, size_t len)
{
	e->flags |= nw_files_cut(&rest, &len) ? NW_FILE_CUT : 0;
	e->path_len = (uint16_t)len;
	memcpy(e->tail, rest, len);
}

static uint32_t flags_of(const struct fanotify_event_metadata *m)
{
	return (m->mask & FAN_OPEN ? NW_FILE_OPENED : 0) |
	       (m->mask & FAN_CLOSE_NOWRITE ? NW_FILE_CLOSED_READ : 0) |
	       (m->mask & FAN_CLOSE_WRITE ? NW_FILE_CLOSED_WRITE : 0);
}

/* Where it is, as the path says. */
static void put_place(struct nw_ev_file *e, const struct statx *st, int root, const char *rest,
		      size_t len)
{
	size_t end = sizeof(DELETED) - 1;

	e->root = (uint16_t)root;
	if (st->stx_nlink == 0 && len > end && memcmp(rest + len - end, DELETED, end) == 0) {
		len -= end;
	}
	put_path(e, rest, len);
}

/* False: it is below no root, and never was. */
static bool fill(struct nw_files *f, const struct fanotify_event_metadata *m)
{
	struct nw_ev_file *e = &f->event.e;
	const struct nw_file_known *known;
	char link[NW_PRIV_FD_PATH];
	char path[PATH_MAX];
	struct nw_files_id id;
	const char *rest;
	struct statx st;
	ssize_t len;
	int root;

	nw_priv_fd_path(m->fd, link);
	len = readlink(link, path, sizeof(path));
	if (len <= 0 || statx(m->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &st) < 0) {
		f->fan.lost++;
		return false;
	}
	id = nw_files_id_of(&st);
	root = nw_files_below_of(f->path, f->count, path, (size_t)len, &rest);
	known = root < 0 ? nw_files_known_find(&f->known, &id) : NULL;
	if (root < 0 && !known) {
		return false;
	}
	*e = (struct nw_ev_file){
		.ev = { .hook = NW_HOOK_HOST,
			.shape = NW_SHAPE_FILE,
			.what = NW_FILE_USED,
			.ts_ns = f->now_ns },
		.self = { .tgid = (uint32_t)m->pid },
		.inode = id.inode,
		.size = id.size,
		.mtime_ns = id.changed_ns,
		.dev = id.dev,
		.flags = flags_of(m) | (st.stx_nlink ? 0 : NW_FILE_REMOVED),
	};
	if (known) {
		e->root = known->root;
		e->flags |= known->is_cut ? NW_FILE_CUT : 0;
		put_path(e, known->path, known->path_len);
	} else {
		len -= rest - path;
		put_place(e, &st, root, rest, (size_t)len);
		if (S_ISREG(st.stx_mode) && st.stx_nlink) {
			nw_files_known_put(&f->known, &id, e->root, rest, (size_t)len);
		}
	}
	e->ev.size = (uint32_t)(sizeof(*e) + e->path_len);
	return true;
}

static void take(void *ctx, const struct fanotify_event_metadata *m)
{
	struct nw_files *f = ctx;

	if (m->fd < 0) {
		f->fan.lost++;
		return;
	}
	if (m->pid != f->fan.self && m->pid > 0 && fill(f, m)) {
		f->feed(f->ctx, f->event.bytes, f->event.e.ev.size);
	}
	close(m->fd);
}

bool nw_files_read(struct nw_files *f)
{
	return f && nw_fan_take(&f->fan);
}

void nw_files_tell(struct nw_files *f, uint64_t now_ns, nw_files_feed_fn feed, void *ctx)
{
	if (f) {
		f->now_ns = now_ns;
		f->feed = feed;
		f->ctx = ctx;
		nw_fan_each(&f->fan, take, f);
	}
}

void nw_files_tier(const struct nw_files_root *r, bool has_scan, char ret[NW_FILES_TIER])
{
	bool has_position = has_scan && r->inode;

	if (!r->error) {
		(void)snprintf(ret, NW_FILES_TIER, "opened%s", has_position ? ", position" : "");
	} else {
		(void)snprintf(ret, NW_FILES_TIER, "%s: %s", has_position ? "position" : "off",
			       strerror(-r->error));
	}
}
